import { describeFaults } from './scenarios.ts';

describeFaults('redis-streams');
