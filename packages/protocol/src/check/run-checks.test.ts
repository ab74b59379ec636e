import { expect, it } from 'vitest';
import type { Check } from '../diagnostics/checks/check.js';
import { endpointFindings } from '../diagnostics/checks/endpoints.js';
import type { CheckContext, CheckGroupDefinition } from './check-context.js';
import { testHost } from './host.test.support.js';
import { runChecks } from './run-checks.js';

/** A group that waits for ever. */
const endless: CheckGroupDefinition = {
  name: 'port',
  title: 'Port',
  timeoutMs: 1,
  run: async () => new Promise(() => undefined),
};

async function checksOf(
  group: CheckGroupDefinition,
  signal: AbortSignal,
  side: CheckContext['side'] = 'tentacle',
): Promise<readonly Check[]> {
  const context: CheckContext = {
    host: testHost(),
    options: { only: ['port'], servers: [], slow: false, json: false, verbose: false },
    side,
    inputs: { proxyFor: () => undefined },
    configuration: Promise.resolve({ instances: [], unread: [] }),
    signal,
  };
  const groups = await runChecks([group], context, { onEnd: () => undefined, onGroup: () => undefined });
  return groups.flatMap(({ checks }) => checks);
}

async function idsOf(group: CheckGroupDefinition, signal: AbortSignal): Promise<readonly string[]> {
  return (await checksOf(group, signal)).map(({ id }) => id);
}

it('ends a group after its time', async () => {
  expect(await idsOf(endless, new AbortController().signal)).toEqual(['check.timeout']);
});

it('ends a group when it is stopped, also before the start', async () => {
  const stop = new AbortController();
  const running = idsOf({ ...endless, timeoutMs: 600_000 }, stop.signal);
  stop.abort();
  expect(await running).toEqual(['check.stopped']);
  expect(await idsOf({ ...endless, timeoutMs: 600_000 }, AbortSignal.abort())).toEqual(['check.stopped']);
});

it('keeps the results of a group that fails, and its reason', async () => {
  const failing = { ...endless, timeoutMs: 600_000, run: async () => Promise.reject(new TypeError('x')) };
  expect(await idsOf(failing, new AbortController().signal)).toEqual(['check.bug']);
});

it.each([
  ['server', 'tentacle-ping check '],
  ['tentacle', 'tentacle-pong check '],
] as const)('repeats a check with the program of this host: on the side %s, %s', async (side, command) => {
  const { wrongPort } = endpointFindings;
  const group: CheckGroupDefinition = {
    ...endless,
    timeoutMs: 600_000,
    run: async (_, add) => {
      add(wrongPort.example);
      await Promise.resolve();
    },
  };
  const [check] = await checksOf(group, new AbortController().signal, side);
  const commands = check?.next.flatMap(({ windows = [], linux = [] }) => [windows, linux].flat()) ?? [];
  expect(commands).not.toEqual([]);
  for (const one of commands) expect(one.startsWith(command)).toBe(true);
});
