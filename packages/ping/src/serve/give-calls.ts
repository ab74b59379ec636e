import { nowUs, PollError, sight, ConnectionTrace } from 'tentacle-protocol';
import { Schedule } from '../session/schedule.js';
import type { House } from './house.js';
import { type CallEnd, PendingCall } from './queue.js';
import type { Subscription } from './subscriptions.js';

/** Queue calls for one subscription, one after the other, as the plan paces them, until they are made or the run ends. */
export async function giveCalls(subscription: Subscription, house: House): Promise<void> {
  const { plan, tally, closing } = house;
  const count = plan.count === undefined ? {} : { count: plan.count };
  const schedule = new Schedule({ ...count, intervalUs: plan.intervalUs, warmup: 0, concurrency: 1 }, closing);
  for (let due = await schedule.next(); due !== undefined; due = await schedule.next()) {
    const call = new PendingCall(due.number);
    subscription.queue.put(call);
    const end = await endOf(call, subscription, house);
    house.called(
      tally.ended(subscription.id, call, closing.aborted && end.kind === 'failed' ? { kind: 'cancelled' } : end),
    );
  }
}

/** How a call ends: by its poller, by nobody's coming for it, or with the run. */
async function endOf(call: PendingCall, subscription: Subscription, { plan, closing }: House): Promise<CallEnd> {
  const patienceMs = plan.collectTimeoutUs / 1000;
  const giveUp = (): void => {
    if (subscription.queue.withdraw(call)) call.end(notCollected(call, subscription, plan.port));
    // A poller has it, and may yet give it back.
    else late = setTimeout(giveUp, patienceMs);
  };
  let late = setTimeout(giveUp, patienceMs);
  const cancel = (): void => {
    subscription.queue.withdraw(call);
    call.end({ kind: 'cancelled' });
  };
  closing.addEventListener('abort', cancel, { once: true });
  if (closing.aborted) cancel();
  const end = await call.ended;
  clearTimeout(late);
  closing.removeEventListener('abort', cancel);
  return end;
}

function notCollected(call: PendingCall, { id, open, pollers }: Subscription, port: number): CallEnd {
  const [last] = [...pollers.values()].sort((a, b) => b.lastAt.localeCompare(a.lastAt));
  const who = [...pollers.values()].map(({ address, thumbprint }) => ({ address, thumbprint }));
  const trace = new ConnectionTrace({
    host: last?.address ?? 'nobody',
    port,
    timeoutUs: nowUs() - call.queuedUs,
    peerRole: 'poller',
    subscription: id,
    otherConnections: open,
    ...(who.length === 0 ? {} : { pollers: who }),
  });
  trace.enterStage('rpc');
  const { symptom, facts } = sight(new PollError('NOT_COLLECTED'), trace);
  return { kind: 'failed', sighting: { symptom: { ...symptom, elapsedUs: nowUs() - call.queuedUs }, facts } };
}
