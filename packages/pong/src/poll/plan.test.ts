import { parseArguments, UsageError } from 'tentacle-protocol';
import { expect, test } from 'vitest';
import { commandLine } from '../options.js';
import { planOf } from '../plan.js';
import { type PollPlan, pollPlanOf } from './plan.js';

async function plan(...argv: string[]): Promise<PollPlan> {
  const asked = await parseArguments(commandLine('0.0.0-test'), argv);
  if (asked.kind !== 'run') throw new Error(asked.text);
  return pollPlanOf(asked.words, asked.given);
}

const THUMBPRINT = '0123456789ABCDEF0123456789ABCDEF01234567';

test('with nothing but a server', async () => {
  expect(await plan('--poll', 'octopus01')).toEqual({
    server: { host: 'octopus01', port: 10943 },
    connections: 1,
    timeoutUs: 60_000_000,
    logLevel: 'info',
    json: false,
  });
});

test.each<[string[], Partial<PollPlan>]>([
  [['--poll', 'https://octopus01:443/'], { server: { host: 'octopus01', port: 443 } }],
  [['--poll', '[::1]:1'], { server: { host: '::1', port: 1 } }],
  [['--poll', 'o', '--subscription', 'poll://abc/'], { subscription: 'poll://abc/' }],
  [['--poll', 'o', '--subscription', 'abc'], { subscription: 'poll://abc/' }],
  [['--poll', 'o', '--connections', '5', '-W', '1s'], { connections: 5, timeoutUs: 1_000_000 }],
  [['--poll', 'o', '-t', THUMBPRINT.toLowerCase(), '--for', '1m'], { thumbprint: THUMBPRINT, forUs: 60_000_000 }],
])('%j', async (argv, expected) => {
  const made = await plan(...argv);
  expect(made).toMatchObject(expected);
  expect(Object.isFrozen(made)).toBe(true);
});

test.each<[string[], RegExp]>([
  [['--poll', 'o', '--port', '1'], /--port is for listening, and with --poll nothing listens/],
  [['--poll', 'o', '--bind', '127.0.0.1'], /--bind is for listening/],
  [['--poll', 'o', '--trust', THUMBPRINT], /--trust is for listening.*give --thumbprint/],
  [['--poll', 'o:0'], /from 1 to 65535/],
  [['--poll', 'http://o/'], /write o:10943/],
  [['--poll', 'o', '--connections', '65'], /from 1 to 64/],
  [['--poll', 'o', '--timeout', '0'], /--timeout 0/],
  [['--poll', 'o', '--subscription', 'a/b'], /--subscription "a\/b" is none/],
  [['--poll', 'o', '--thumbprint', 'abc'], /--thumbprint "abc"/],
  [['--poll', 'o', 'x'], /what is "x"/],
])('%j is told in one line', async (argv, message) => {
  const error: unknown = await plan(...argv).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).message).toMatch(message);
  expect((error as UsageError).message).not.toContain('\n');
});

test.each(['subscription', 'connections', 'timeout', 'thumbprint', 'proxy'])('--%s is of polling', async (option) => {
  const asked = await parseArguments(commandLine('0.0.0-test'), [`--${option}`, '1']);
  if (asked.kind !== 'run') throw new Error(asked.text);
  expect(() => planOf(asked.words, asked.given)).toThrow(new RegExp(`--${option} is for polling`));
});
