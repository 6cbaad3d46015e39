import { expect, it } from 'vitest';
import { parseCommand } from './parse-command.ts';

it.each([
  [[], { kind: 'help' }],
  [['help'], { kind: 'help' }],
  [
    ['export', '--month', '2026-10'],
    { kind: 'export', wanted: { month: '2026-10', formats: undefined }, out: undefined },
  ],
  [
    ['export', '--month=2026-10', '--out', 'a.zip', '--formats', 'pdf,csv'],
    { kind: 'export', wanted: { month: '2026-10', formats: ['pdf', 'csv'] }, out: 'a.zip' },
  ],
  [['export', '--export', 'exp_1'], { kind: 'export', wanted: { exportId: 'exp_1' }, out: undefined }],
  [
    ['verify', '--invoice', 'inv_1', '--invoice', 'inv_2'],
    { kind: 'verify', invoices: ['inv_1', 'inv_2'], month: undefined },
  ],
  [['verify', '--month', '2026-02'], { kind: 'verify', invoices: [], month: '2026-02' }],
])('reads %j', (args, command) => {
  expect(parseCommand(args)).toEqual(command);
});

it.each([
  [['bill'], 'no command bill'],
  [['export'], 'Which month'],
  [['export', '--month', '2026-13'], 'no month'],
  [['export', '--month', '2026-10', '--into', 'x'], '--into'],
  [['export', '--month', '2026-10', 'a.zip'], 'a.zip'],
  [['export', '--month', '2026-10', '--export', 'exp_1'], 'say --export alone'],
  [['verify'], 'Which invoices'],
])('says what is wrong with %j', (args, message) => {
  expect(() => parseCommand(args)).toThrow(message);
});
