import type { Condition, ConditionKind } from './comparison.js';
import type { Side } from './side.js';

/** In what two runs were not alike: whatever differs between them may be why their figures do. */
export function conditionsOf(a: Side, b: Side): Condition[] {
  return [
    ...peersOf(a, b),
    ...targetsOf(a, b),
    ...unlike('port', String(a.target.port), String(b.target.port)),
    ...unlike('proxy', a.proxy ?? 'none', b.proxy ?? 'none'),
    // Another program has another certificate.
    ...(a.peerKind === b.peerKind ? unlike('certificate', a.thumbprint, b.thumbprint) : []),
    ...plansOf(a, b),
    ...(overlap(a, b) ? [] : [{ kind: 'time' as const, reference: a.startedAt, candidate: b.startedAt }]),
  ];
}

/** Whether two runs went to the same machine, as far as they can tell: by its address, behind a proxy by its name. */
export function isSameHost(a: Side, b: Side): boolean {
  if (a.address !== undefined && b.address !== undefined) return a.address === b.address;
  return a.target.host === b.target.host;
}

/** What did not get so far that it was known is another one until its certificate says that it is not. */
function peersOf(a: Side, b: Side): Condition[] {
  const isKnown = a.peerKind !== 'unknown' && b.peerKind !== 'unknown';
  const isSame = a.thumbprint !== undefined && a.thumbprint === b.thumbprint;
  return isSame && !isKnown ? [] : unlike('peer', a.peerKind, b.peerKind);
}

/** Another machine, or the same one by another name or address. */
function targetsOf(a: Side, b: Side): Condition[] {
  const { host } = a.target;
  if (isSameHost(a, b)) return unlike('name', host, b.target.host);
  return host === b.target.host ? unlike('address', a.address, b.address) : unlike('host', host, b.target.host);
}

function plansOf(a: Side, b: Side): Condition[] {
  const options = new Set([...Object.keys(a.plan), ...Object.keys(b.plan)]);
  return [...options].flatMap((option) =>
    unlike('plan', `${option} ${a.plan[option] ?? 'not given'}`, `${option} ${b.plan[option] ?? 'not given'}`),
  );
}

function unlike(kind: ConditionKind, reference?: string, candidate?: string): Condition[] {
  if (reference === undefined || candidate === undefined || reference === candidate) return [];
  return [{ kind, reference, candidate }];
}

/** Runs that went on at the same time had the same path, load and weather. */
function overlap(a: Side, b: Side): boolean {
  return Date.parse(a.startedAt) <= Date.parse(b.endedAt) && Date.parse(b.startedAt) <= Date.parse(a.endedAt);
}
