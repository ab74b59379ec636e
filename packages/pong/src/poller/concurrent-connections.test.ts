import { expect, test } from 'vitest';
import { ConcurrentConnections } from './concurrent-connections.js';

test('a rejected connection waits for those being established, and is no longer counted', async () => {
  const connections = new ConcurrentConnections();
  const [first, rejected] = [connections.register(), connections.register()];
  rejected.closed();
  const others = connections.countAccepted();
  first.accepted();
  expect(await others).toBe(1);
  first.closed();
  expect(await connections.countAccepted()).toBe(0);
});

test('when all are rejected, none is counted as accepted', async () => {
  const connections = new ConcurrentConnections();
  const handles = [connections.register(), connections.register(), connections.register()];
  const counts = handles.map((handle) => {
    handle.closed();
    return connections.countAccepted();
  });
  expect(await Promise.all(counts)).toEqual([0, 0, 0]);
});
