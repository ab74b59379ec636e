import { CallError, ConnectionTrace, nowUs } from 'tentacle-protocol';
import { observe } from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';
import { Schedule } from '../../session/schedule.js';
import { type CallOutcome, PendingCall } from './call-queue.js';
import type { PollingServerContext } from './polling-server-context.js';
import type { Subscription } from './subscriptions.js';

/** Queues calls for one subscription, one after the other, at the plan's pace, until all are made or the run ends. */
export async function enqueueCalls(subscription: Subscription, server: PollingServerContext): Promise<void> {
  const { plan, tally, closing } = server;
  const schedule = new Schedule(
    { ...omitUndefined({ count: plan.count }), intervalUs: plan.intervalUs, warmup: 0, concurrency: 1 },
    closing,
  );
  for (let due = await schedule.next(); due !== undefined; due = await schedule.next()) {
    const call = new PendingCall(due.number);
    subscription.queue.put(call);
    const outcome = await outcomeOf(call, subscription, server);
    const isCancelled = closing.aborted && outcome.kind === 'failed';
    server.onCallCompleted(tally.completed(subscription.id, call, isCancelled ? { kind: 'cancelled' } : outcome));
  }
}

/** Returns how a call is completed: by its poller, because no poller collected it, or with the run. */
async function outcomeOf(
  call: PendingCall,
  subscription: Subscription,
  { plan, closing }: PollingServerContext,
): Promise<CallOutcome> {
  const collectTimeoutMs = plan.collectTimeoutUs / 1000;
  const onTimeout = (): void => {
    if (subscription.queue.withdraw(call)) call.complete(notCollected(call, subscription, plan.port));
    // A poller has it, and may still put it back.
    else timer = setTimeout(onTimeout, collectTimeoutMs);
  };
  let timer = setTimeout(onTimeout, collectTimeoutMs);
  const cancel = (): void => {
    subscription.queue.withdraw(call);
    call.complete({ kind: 'cancelled' });
  };
  closing.addEventListener('abort', cancel, { once: true });
  if (closing.aborted) cancel();
  const outcome = await call.outcome;
  clearTimeout(timer);
  closing.removeEventListener('abort', cancel);
  return outcome;
}

function notCollected(call: PendingCall, { id, open, pollers }: Subscription, port: number): CallOutcome {
  const [latest] = [...pollers.values()].sort((a, b) => b.lastAt.localeCompare(a.lastAt));
  const known = [...pollers.values()].map(({ address, thumbprint }) => ({ address, thumbprint }));
  const trace = new ConnectionTrace({
    host: latest?.address ?? 'unknown',
    port,
    timeoutUs: nowUs() - call.queuedUs,
    peerRole: 'poller',
    subscription: id,
    otherConnections: open,
    ...omitUndefined({ pollers: known.length === 0 ? undefined : known }),
  });
  trace.enterStage('rpc');
  const { signature, facts } = observe(new CallError('NOT_COLLECTED'), trace);
  return { kind: 'failed', observation: { signature: { ...signature, elapsedUs: nowUs() - call.queuedUs }, facts } };
}
