import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseStartOptions } from '../../bin/start-options.mjs';

describe("npm start's flags", () => {
  it('have defaults', () => {
    expect(parseStartOptions([])).toEqual({
      dataDir: resolve('.tollgate'),
      port: 8080,
      withDemo: true,
      withKafka: false,
    });
  });

  it('are read', () => {
    expect(parseStartOptions(['--no-demo', '--kafka', '--data', '/srv/data', '--port', '9000'])).toEqual({
      dataDir: '/srv/data',
      port: 9000,
      withDemo: false,
      withKafka: true,
    });
    expect(parseStartOptions(['--help'])).toBe('help');
  });

  it.each([
    [['--demo'], "Unknown option '--demo'. The flags are"],
    [['data'], "Unexpected argument 'data'. The flags are"],
    [['--data'], 'The flags are'],
    [['--data', ''], '--data takes a folder.'],
    [['--port', 'http'], '--port takes a number from 1 to 65534; it is "http".'],
    [['--port', '65535'], '--port takes a number from 1 to 65534; it is "65535".'],
    [['--port', '1.5'], '--port takes a number'],
    [['--no-demo=no'], 'The flags are'],
  ])('%j are refused', (args, sentence) => {
    expect(() => parseStartOptions(args)).toThrow(sentence);
  });
});
