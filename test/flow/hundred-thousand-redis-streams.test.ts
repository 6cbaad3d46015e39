import { describeHundredThousand } from './hundred-thousand.ts';

describeHundredThousand('redis-streams');
