import { describeFaults } from './scenarios.ts';

describeFaults('kafka');
