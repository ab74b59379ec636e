import { parseArguments, UsageError } from 'tentacle-protocol/cli';
import { expect, test } from 'vitest';
import { PONG } from './definition.js';
import { parseListenOptions } from './listen-options.js';
import { type PollOptions, parsePollOptions } from './poll-options.js';

async function plan(...argv: string[]): Promise<PollOptions> {
  const command = await parseArguments(PONG, argv);
  if (command.kind !== 'run') throw new Error(command.text);
  return parsePollOptions(command.positionals, command.options);
}

const THUMBPRINT = '0123456789ABCDEF0123456789ABCDEF01234567';

test('with only a server', async () => {
  expect(await plan('--poll', 'octopus01')).toEqual({
    server: { host: 'octopus01', port: 10943 },
    connections: 1,
    timeoutUs: 60_000_000,
    logLevel: 'info',
    logFormat: 'auto',
    verbose: false,
    json: false,
  });
});

test.each<[string[], Partial<PollOptions>]>([
  [['--poll', 'https://octopus01:443/'], { server: { host: 'octopus01', port: 443 } }],
  [['--poll', '[::1]:1'], { server: { host: '::1', port: 1 } }],
  [['--poll', 'o', '--subscription', 'poll://abc/'], { subscription: 'poll://abc/' }],
  [['--poll', 'o', '--subscription', 'abc'], { subscription: 'poll://abc/' }],
  [['--poll', 'o', '--connections', '5', '-W', '1s'], { connections: 5, timeoutUs: 1_000_000 }],
  [
    ['--poll', 'o', '-t', THUMBPRINT.toLowerCase(), '--deadline', '1m'],
    { thumbprint: THUMBPRINT, deadlineUs: 60_000_000 },
  ],
])('%j', async (argv, expected) => {
  const made = await plan(...argv);
  expect(made).toMatchObject(expected);
  expect(Object.isFrozen(made)).toBe(true);
});

test.each<[string[], string[]]>([
  [
    ['--poll', 'o', '--port', '1'],
    ['--port', '--poll'],
  ],
  [
    ['--poll', 'o', '--bind', '127.0.0.1'],
    ['--bind', '--poll'],
  ],
  [
    ['--poll', 'o', '--max-connections', '5'],
    ['--max-connections', '--poll'],
  ],
  [
    ['--poll', 'o', '--trust', THUMBPRINT],
    ['--trust', '--thumbprint'],
  ],
  [
    ['--poll', 'o:0'],
    ['"o:0"', 'from 1 to 65535'],
  ],
  [
    ['--poll', 'http://o/app#/Spaces-1'],
    ['"http://o/app', 'o:10943'],
  ],
  [
    ['--poll', 'o', '--connections', '65'],
    ['--connections', '"65"', 'from 1 to 64'],
  ],
  [
    ['--poll', 'o', '--timeout', '0'],
    ['--timeout', '1ms'],
  ],
  [
    ['--poll', 'o', '--subscription', 'a/b'],
    ['--subscription', '"a/b"', 'poll://ID/'],
  ],
  [
    ['--poll', 'o', '--thumbprint', 'abc'],
    ['--thumbprint', '"abc"'],
  ],
  [['--poll', 'o', 'x'], ['"x"']],
])('%j is rejected in one line', async (argv, parts) => {
  const error: unknown = await plan(...argv).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  for (const part of parts) expect((error as UsageError).message).toContain(part);
  expect((error as UsageError).message).not.toContain('\n');
});

test.each(['subscription', 'connections', 'timeout', 'thumbprint', 'proxy'])('--%s needs --poll', async (option) => {
  const command = await parseArguments(PONG, [`--${option}`, '1']);
  if (command.kind !== 'run') throw new Error(command.text);
  expect(() => parseListenOptions(command.positionals, command.options)).toThrow(new RegExp(`--${option} .*--poll`));
});
