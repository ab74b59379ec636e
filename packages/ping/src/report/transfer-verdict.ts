import type { Direction } from 'tentacle-protocol';
import { counted, type Verdict } from 'tentacle-protocol/diagnostics';

/** The part of a transfer that decides a verdict. */
interface Moved {
  readonly direction: Direction;
  readonly whole: number;
  readonly movedBytes: number;
}

/** The step after which data of any size can be transferred. */
export const startPong = {
  who: 'tentacle-admin',
  action:
    "Run tentacle-pong on the Tentacle's host, on another port or in place of the Tentacle, and measure that. It accepts and sends data of any size up to its limits.",
  windows: 'tentacle-pong --port 10934',
  linux: 'tentacle-pong --port 10934',
} as const;

/**
 * Returns the headline of a run that was to move data. It differs from the usual one where no data moved although nothing
 * failed, and where the run was stopped in the middle.
 */
export function transferVerdict(verdict: Verdict, peerKind: string, transfers: readonly Moved[]): Verdict {
  if (verdict.id === 'ok' && transfers.length === 0) return noData(peerKind);
  if (verdict.id !== 'nothing-measured' || transfers.every(({ movedBytes }) => movedBytes === 0)) return verdict;
  const moved = transfers.map(({ direction, movedBytes }) => `${counted(movedBytes, 'byte')} of the ${direction}`);
  return {
    ...verdict,
    id: 'incomplete',
    title: 'Stopped in the middle of a transfer',
    means: `The run was stopped after ${moved.join(' and ')}, without a failure until then.`,
    next: [{ who: 'you', action: 'To have every byte compared, run again until the end, or use a smaller size.' }],
  };
}

/** The peer can be reached, but has no service for data. */
function noData(peerKind: string): Verdict {
  const isTentacle = peerKind === 'tentacle';
  return {
    id: 'incomplete',
    title: 'The peer can be reached, but no data was transferred',
    means: `${isTentacle ? 'The peer is a real Tentacle. It has no data service that leaves it unchanged' : 'The peer has no data service'}, so this tool does not send data to it. The network, TLS, trust and calls are in order; sizes and rates are unknown.`,
    certainty: { kind: 'unknown' },
    next: [
      startPong,
      ...(isTentacle
        ? [
            {
              who: 'you',
              action:
                'To check whether packets of full size reach the Tentacle, use --sizes: it tries uploads of up to 19,000 bytes as part of a request for its page.',
            } as const,
          ]
        : []),
    ],
  };
}
