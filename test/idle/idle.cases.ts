import { startPong } from '../../packages/pong/src/testing/pong.test.support.js';
import type { Failure, FailureId } from '../../packages/protocol/src/diagnostics/index.js';
import type { Provocation } from '../failures/provocation.js';
import { missingNamespaces } from '../lab/network.js';
import { tcpBeneath } from '../peers/tls-peer.js';
import { runIdleSearch, failureIn } from './run-idle-search.js';
import { searchInProcess, type IdleBehavior, tentacleThat } from './in-process-search.js';
import { throughFirewall } from './network-paths.js';

const needs = { name: 'network namespaces with nftables', missing: missingNamespaces() };

const IDLE_MS = 400;

/** Searches against a Tentacle that does this after some time without a call. */
async function after(behavior: Omit<IdleBehavior, 'idleMs'>, id: FailureId): Promise<Failure> {
  const { port } = await tentacleThat({ idleMs: IDLE_MS, ...behavior });
  const report = await searchInProcess(port, '--idle', '100ms..800ms', '--timeout', '1s');
  return failureIn(report, id, behavior.atOnce === undefined ? 'in use' : 'idle');
}

async function pongWithShortLimit(): Promise<Failure> {
  const pong = await startPong({ limits: { idleMs: IDLE_MS } });
  try {
    return failureIn(await searchInProcess(pong.port, '--idle', '100ms..800ms'), 'idle.closed-by-peer', 'idle');
  } finally {
    await pong.stop();
  }
}

export const idleCases: readonly Provocation[] = [
  {
    id: 'idle.closed-by-peer',
    by: 'a pong that closes after the time that it announces',
    provoke: pongWithShortLimit,
    evidence: { code: 'END_OF_STREAM', receivedBytes: 0 },
  },
  {
    id: 'idle.closed',
    by: 'a close while it is idle',
    provoke: () => after({ atOnce: ({ socket }) => socket.end() }, 'idle.closed'),
    evidence: { code: 'END_OF_STREAM', awaiting: 'nothing, while it is idle' },
  },
  {
    id: 'idle.closed',
    by: 'a close in place of PROCEED',
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
    by: 'no PROCEED after an idle time',
    provoke: () => after({ atNext: () => undefined }, 'idle.silent'),
    evidence: { code: 'READ_TIMEOUT', awaiting: 'PROCEED, the answer to NEXT' },
  },
  {
    id: 'idle.silent',
    by: 'keep-alives without a reply',
    needs,
    // The first keep-alive is sent after the firewall has dropped the connection from its table. The system sends ten,
    // one second apart, and abandons the connection before the first idle time is over.
    provoke: async () =>
      failureIn(
        await runIdleSearch(throughFirewall('drop', '10.93', { keepAliveUs: 4_000_000, range: '18s..19s' })),
        'idle.silent',
        'idle',
      ),
    timeoutMs: 90_000,
    evidence: { code: 'ETIMEDOUT', syscall: 'read' },
  },
  {
    id: 'idle.other',
    by: 'data that was not requested',
    provoke: () =>
      after(
        { atOnce: (connection) => connection.send('HTTP/1.1 408 Request Timeout\r\nServer: lb\r\n\r\n') },
        'idle.other',
      ),
    evidence: { code: 'MALFORMED', answeredBy: 'HTTP 408 Request Timeout, server lb' },
  },
];
