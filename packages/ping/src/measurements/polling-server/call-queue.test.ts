import { expect, test } from 'vitest';
import { CallQueue, PendingCall } from './call-queue.js';
import { Subscription } from './subscriptions.js';

const never = new AbortController().signal;
const HOUR_US = 3_600_000_000;

test('a call goes to the taker that has waited longest', async () => {
  const queue = new CallQueue();
  const takers = [queue.take(HOUR_US, never), queue.take(HOUR_US, never)];
  const [first, second, third] = [new PendingCall(1), new PendingCall(2), new PendingCall(3)];
  for (const call of [first, second, third]) queue.put(call);
  expect(await Promise.all(takers)).toEqual([first, second]);
  expect(await queue.take(HOUR_US, never)).toBe(third);
});

test('a withdrawn call is never handed out, and one that is put back is handed out first', async () => {
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

test('a taker that is gone or has waited long enough gets no call, and the call stays queued', async () => {
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

const POLLER = {
  address: '192.0.2.1',
  thumbprint: 'A'.repeat(40),
  tlsVersion: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
};

test('a subscription is shared by two certificates, two addresses at once, or alternating calls', () => {
  const certificates = new Subscription('poll://x/');
  certificates.disconnect(certificates.connect(POLLER, undefined));
  expect(certificates.isShared).toBe(false);
  certificates.connect({ ...POLLER, thumbprint: 'B'.repeat(40) }, undefined);
  expect(certificates.isShared).toBe(true);

  const atOnce = new Subscription('poll://x/');
  atOnce.connect(POLLER, undefined);
  atOnce.connect(POLLER, undefined);
  expect(atOnce.isShared).toBe(false);
  atOnce.connect({ ...POLLER, address: '192.0.2.2' }, undefined);
  expect(atOnce.isShared).toBe(true);

  const alternating = new Subscription('poll://x/');
  const sharedAfter = ['192.0.2.1', '192.0.2.2', '192.0.2.1'].map((address) => {
    const poller = alternating.connect({ ...POLLER, address }, undefined);
    alternating.callTaken(poller);
    alternating.disconnect(poller);
    return alternating.isShared;
  });
  // A machine may get another address once.
  expect(sharedAfter).toEqual([false, false, true]);
});

test('a connection above the limit is rejected until another one closes', () => {
  const subscription = new Subscription('poll://x/');
  const poller = subscription.connect(POLLER, 1);
  expect(() => subscription.connect(POLLER, 1)).toThrow('TOO_MANY_POLLERS');
  subscription.disconnect(poller);
  expect(subscription.connect(POLLER, 1)).toMatchObject({ connections: 2, open: 1 });
});
