import { describeCounter } from './way-of-a-record.ts';

describeCounter('redis-streams');
