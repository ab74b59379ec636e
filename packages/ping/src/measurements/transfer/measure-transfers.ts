import { Deadline, type Direction, type Identity, transferVerdict } from 'tentacle-protocol';
import { runAttempts } from '../../session/run-session.js';
import type { Report } from '../../report/report.js';
import type { Plan } from '../../plan.js';
import type { AttemptRecord } from '../../report/attempt-record.js';
import { measureRoundTrip, type Exchange } from '../../session/exchange.js';
import type { TransferMode } from '../../data/data-options.js';
import { runTransfer, type TransferRequest } from './transfer.js';
import { TransferTally } from './transfer-tally.js';

/** What a run tells while it is under way. */
export interface TransferObserver {
  readonly onAttempt: (record: AttemptRecord) => void;
  /** A data stream begins. */
  readonly onBegin: (wanted: TransferRequest) => void;
  /** Bytes of it moved. */
  readonly onMoved: (bytes: number) => void;
  /** It ended, whole or not. */
  readonly onEnd: () => void;
}

/** Attempts that move data: a round trip first, which tells what the peer is, and then the data where it takes any. */
export async function measureTransfers(
  plan: Plan & { readonly mode: TransferMode },
  identity: Identity,
  version: string,
  observer: TransferObserver,
  stop: AbortSignal,
): Promise<Report> {
  const tally = new TransferTally();
  const report = await runAttempts(
    plan,
    identity,
    version,
    observer.onAttempt,
    stop,
    moving(plan.mode, tally, observer),
  );
  const { report: transfers } = tally;
  const verdict = transferVerdict(report.verdict, report.peer.kind, transfers);
  return { ...report, transfers, verdict };
}

function moving(
  { uploadBytes, downloadBytes }: TransferMode,
  tally: TransferTally,
  observer: TransferObserver,
): Exchange {
  const sizes: readonly (readonly [Direction, number | undefined])[] = [
    ['upload', uploadBytes],
    ['download', downloadBytes],
  ];
  const all = sizes.flatMap(([direction, sizeBytes]) => (sizeBytes === undefined ? [] : [{ direction, sizeBytes }]));
  return async (run, connection, trace, deadline, aside) => {
    await measureRoundTrip(run, connection, trace, deadline, aside);
    // Anything else has no service that takes data and is the same afterwards.
    if (run.peer?.kind !== 'pong') return;
    const { timeoutUs } = run.plan;
    for (const wanted of all) {
      await connection.exchange.takeTurn(Deadline.inUs(timeoutUs));
      observer.onBegin(wanted);
      const onEnd = (ended: Parameters<typeof tally.add>[0]): void => {
        tally.add(ended);
        aside.transfers.push(ended);
        observer.onEnd();
      };
      await runTransfer(connection, wanted, trace, timeoutUs, onEnd, observer.onMoved);
      connection.calls++;
    }
  };
}
