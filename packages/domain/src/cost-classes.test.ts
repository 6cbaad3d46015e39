import { expect, it } from 'vitest';
import { COST_CLASSES } from './cost-classes.ts';

it('keeps its order, by which costs are stored', () => {
  expect(COST_CLASSES).toEqual([
    'input',
    'cache_read',
    'cache_write_5m',
    'cache_write_1h',
    'cache_write_other',
    'cache_read_audio',
    'input_audio',
    'input_image',
    'input_video',
    'tool_input',
    'output',
    'reasoning',
    'output_audio',
    'output_image',
    'requests',
    'web_searches',
    'meter',
  ]);
});
