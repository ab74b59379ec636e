import { startPong } from '../../packages/pong/src/testing/pong.test.support.js';
import type { Failure, FailureId } from '../../packages/protocol/src/diagnostics/index.js';
import type { Provocation } from '../failures/provocation.js';
import { missingNamespaces } from '../lab/network.js';
import { tcpBeneath } from '../peers/tls-peer.js';
import { climbed, failureIn } from './climbed.js';
import { climbedHere, type Habit, tentacleWith } from './here.js';
import { throughFirewall } from './ways.js';

const needs = { name: 'network namespaces with nftables', missing: missingNamespaces() };

const IDLE_MS = 400;

/** A Tentacle that does this after a time without a call. */
async function after(habit: Omit<Habit, 'idleMs'>, id: FailureId): Promise<Failure> {
  const { port } = await tentacleWith({ idleMs: IDLE_MS, ...habit });
  const report = await climbedHere(port, '--idle', '100ms..800ms', '--timeout', '1s');
  return failureIn(report, id, habit.atOnce === undefined ? 'in use' : 'idle');
}

async function pongThatClosesSoon(): Promise<Failure> {
  const pong = await startPong({ limits: { idleMs: IDLE_MS } });
  try {
    return failureIn(await climbedHere(pong.port, '--idle', '100ms..800ms'), 'idle.closed-by-peer', 'idle');
  } finally {
    await pong.stop();
  }
}

export const idleCases: readonly Provocation[] = [
  {
    id: 'idle.closed-by-peer',
    by: 'a pong that closes after the time that it says',
    provoke: pongThatClosesSoon,
    evidence: { code: 'END_OF_STREAM', receivedBytes: 0 },
  },
  {
    id: 'idle.closed',
    by: 'an end while it is idle',
    provoke: () => after({ atOnce: ({ socket }) => socket.end() }, 'idle.closed'),
    evidence: { code: 'END_OF_STREAM', awaiting: 'nothing, while it is idle' },
  },
  {
    id: 'idle.closed',
    by: 'an end in place of PROCEED',
    provoke: () => after({ atNext: ({ socket }) => socket.end() }, 'idle.closed'),
    evidence: { code: 'END_OF_STREAM', awaiting: 'PROCEED, the answer to NEXT' },
  },
  {
    id: 'idle.reset',
    by: 'a reset while it is idle',
    provoke: () => after({ atOnce: ({ socket }) => tcpBeneath(socket).resetAndDestroy() }, 'idle.reset'),
    evidence: { code: 'ECONNRESET', syscall: 'read' },
  },
  {
    id: 'idle.reset-on-use',
    by: 'a reset in place of PROCEED',
    provoke: () => after({ atNext: ({ socket }) => tcpBeneath(socket).resetAndDestroy() }, 'idle.reset-on-use'),
    evidence: { code: 'ECONNRESET' },
  },
  {
    id: 'idle.silent',
    by: 'no PROCEED after a time of idleness',
    provoke: () => after({ atNext: () => undefined }, 'idle.silent'),
    evidence: { code: 'READ_TIMEOUT', awaiting: 'PROCEED, the answer to NEXT' },
  },
  {
    id: 'idle.silent',
    by: 'keep-alives that nobody answers',
    needs,
    // The first keep-alive comes after the firewall has forgotten the connection; ten a second apart, and the system
    // gives up, before the first rung is reached.
    provoke: async () =>
      failureIn(
        await climbed(throughFirewall('drop', '10.93', { keepAliveUs: 4_000_000, ladder: '18s..19s' })),
        'idle.silent',
        'idle',
      ),
    timeoutMs: 90_000,
    evidence: { code: 'ETIMEDOUT', syscall: 'read' },
  },
  {
    id: 'idle.other',
    by: 'words that nobody asked for',
    provoke: () =>
      after({ atOnce: (talk) => talk.say('HTTP/1.1 408 Request Timeout\r\nServer: lb\r\n\r\n') }, 'idle.other'),
    evidence: { code: 'MALFORMED', answeredBy: 'HTTP 408 Request Timeout, server lb' },
  },
];
