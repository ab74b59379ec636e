import { type ConnectionFacts } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { failureVerdict, type Verdict } from 'tentacle-protocol/diagnostics';
import type { Attempts, Report } from '../../report/report.js';

/** The summary of many targets; the report of each target precedes it. Plain JSON. */
export interface TargetsReport {
  readonly schema: 'tentacle-ping/targets/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** How many were requested; fewer have a line where the run was stopped. */
  readonly requested: number;
  readonly targets: readonly TargetLine[];
  /** How many targets have each verdict, by id. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** With --all-addresses: the verdict on all addresses of the name together. */
  readonly verdict?: Verdict;
  /** 99th percentile of the time for which this process was blocked: measured times may be that much too high. */
  readonly busyP99Us: number;
}

/** One target in a line. */
export interface TargetLine {
  readonly host: string;
  readonly port: number;
  /** The address that was tried. */
  readonly address?: string;
  readonly attempts: Attempts;
  /** Of the successful attempts; absent where none was. */
  readonly p50Us?: number;
  readonly verdict: Pick<Verdict, 'id' | 'title'>;
}

export function targetLine({ target, plan, peer, attempts, stages, verdict }: Report): TargetLine {
  return omitUndefined({
    ...target,
    address: plan.address ?? peer.address,
    attempts,
    p50Us: stages.total?.p50Us,
    verdict: { id: verdict.id, title: verdict.title },
  });
}

/** Verdicts of all lines, most frequent first. */
export function countVerdicts(lines: readonly TargetLine[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { verdict } of lines) counts.set(verdict.id, (counts.get(verdict.id) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

/** Verdicts on an address to which this machine has no route: harmless where another address works, as Octopus goes on at once. */
const NO_ROUTE: readonly string[] = ['tcp.no-route', 'tcp.no-route-v6', 'local.no-source-address'];

/** Whether this machine has no route to an address. */
export function hasNoRoute({ verdict }: TargetLine): boolean {
  return NO_ROUTE.includes(verdict.id);
}

/**
 * The verdict on all addresses of a name: `dns.partial` where some do not answer and others work. Undefined where they do
 * not differ in that: Octopus goes on after any other error, and the verdict of each address is sufficient.
 */
export function addressesVerdict(reports: readonly Report[], lines: readonly TargetLine[]): Verdict | undefined {
  const [first] = reports;
  const addresses = lines.flatMap(({ address }) => address ?? []);
  const deadAddresses = reports.flatMap(({ plan, verdict }) =>
    verdict.id === 'tcp.timeout' ? (plan.address ?? []) : [],
  );
  const works = lines.some(({ attempts }) => attempts.ok > 0);
  if (first === undefined || deadAddresses.length === 0 || !works) return undefined;
  const { host, port, timeoutUs } = first.plan;
  const facts: ConnectionFacts = { host, port, timeoutUs, addresses, deadAddresses };
  const signature = {
    shownAt: 'tcp',
    code: 'SOME_ADDRESSES_FAIL',
    elapsedUs: 0,
    received: Buffer.alloc(0),
    receivedBytes: 0,
  } as const;
  const counts = { sent: lines.length, ok: lines.length - deadAddresses.length, failed: deadAddresses.length };
  // The text of this failure states the numbers.
  return failureVerdict('dns.partial', { signature, facts }, counts.sent, counts);
}
