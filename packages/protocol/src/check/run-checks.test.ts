import { expect, it } from 'vitest';
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

async function idsOf(group: CheckGroupDefinition, signal: AbortSignal): Promise<readonly string[]> {
  const context: CheckContext = {
    host: testHost(),
    options: { only: ['port'], servers: [], slow: false, json: false, verbose: false },
    side: 'tentacle',
    inputs: { proxyFor: () => undefined },
    configuration: Promise.resolve({ instances: [], unread: [] }),
    signal,
  };
  const groups = await runChecks([group], context, { onEnd: () => undefined, onGroup: () => undefined });
  return groups.flatMap(({ checks }) => checks.map(({ id }) => id));
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
