import { expect, test } from 'vitest';
import { CallQueue, PendingCall } from './queue.js';
import { Subscription } from './subscriptions.js';

const never = new AbortController().signal;
const HOUR_US = 3_600_000_000;

test('a call goes to whoever has waited longest', async () => {
  const queue = new CallQueue();
  const takers = [queue.take(HOUR_US, never), queue.take(HOUR_US, never)];
  const [first, second, third] = [new PendingCall(1), new PendingCall(2), new PendingCall(3)];
  for (const call of [first, second, third]) queue.put(call);
  expect(await Promise.all(takers)).toEqual([first, second]);
  expect(await queue.take(HOUR_US, never)).toBe(third);
});

test('one that is withdrawn goes to nobody, and one that is put back goes first', async () => {
  const queue = new CallQueue();
  const [first, second, third] = [new PendingCall(1), new PendingCall(2), new PendingCall(3)];
  for (const call of [first, second, third]) queue.put(call);
  expect(queue.withdraw(first)).toBe(true);
  expect(queue.withdraw(first)).toBe(false);
  expect(await queue.take(HOUR_US, never)).toBe(second);
  expect(queue.withdraw(second)).toBe(false);
  queue.putBack(second);
  expect(await queue.take(HOUR_US, never)).toBe(second);
  expect(await queue.take(HOUR_US, never)).toBe(third);
});

test('who has gone, or has waited long enough, gets none, and the call stays', async () => {
  const queue = new CallQueue();
  const gone = new AbortController();
  const waiting = queue.take(HOUR_US, gone.signal);
  gone.abort();
  expect(await waiting).toBeUndefined();
  expect(await queue.take(1, never)).toBeUndefined();
  const call = new PendingCall(1);
  queue.put(call);
  expect(await queue.take(HOUR_US, gone.signal)).toBeUndefined();
  expect(await queue.take(HOUR_US, never)).toBe(call);
});

const NEWCOMER = {
  address: '192.0.2.1',
  thumbprint: 'A'.repeat(40),
  tlsVersion: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
};

test('a subscription is shared by two certificates, two addresses at once, or calls to and fro', () => {
  const certificates = new Subscription('poll://x/');
  certificates.leave(certificates.admit(NEWCOMER, undefined));
  expect(certificates.isShared).toBe(false);
  certificates.admit({ ...NEWCOMER, thumbprint: 'B'.repeat(40) }, undefined);
  expect(certificates.isShared).toBe(true);

  const atOnce = new Subscription('poll://x/');
  atOnce.admit(NEWCOMER, undefined);
  atOnce.admit(NEWCOMER, undefined);
  expect(atOnce.isShared).toBe(false);
  atOnce.admit({ ...NEWCOMER, address: '192.0.2.2' }, undefined);
  expect(atOnce.isShared).toBe(true);

  const byTurns = new Subscription('poll://x/');
  const visits = ['192.0.2.1', '192.0.2.2', '192.0.2.1'].map((address) => {
    const poller = byTurns.admit({ ...NEWCOMER, address }, undefined);
    byTurns.took(poller);
    byTurns.leave(poller);
    return byTurns.isShared;
  });
  // A machine may get another address once.
  expect(visits).toEqual([false, false, true]);
});

test('one connection more than it may have is refused, until another one leaves', () => {
  const subscription = new Subscription('poll://x/');
  const poller = subscription.admit(NEWCOMER, 1);
  expect(() => subscription.admit(NEWCOMER, 1)).toThrow('TOO_MANY_POLLERS');
  subscription.leave(poller);
  expect(subscription.admit(NEWCOMER, 1)).toMatchObject({ connections: 2, open: 1 });
});
