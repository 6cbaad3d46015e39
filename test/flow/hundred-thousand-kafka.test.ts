import { describeHundredThousand } from './hundred-thousand.ts';

describeHundredThousand('kafka');
