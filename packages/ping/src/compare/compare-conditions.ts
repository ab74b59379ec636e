import { formatDuration } from 'tentacle-protocol/cli';
import type { Condition, ConditionKind } from './comparison.js';
import type { ParsedReport } from './parsed-report.js';

/** The differences in how and where two runs were measured. Each may be why their results differ. */
export function compareConditions(a: ParsedReport, b: ParsedReport): Condition[] {
  return [
    ...peersOf(a, b),
    ...targetsOf(a, b),
    ...difference('port', String(a.target.port), String(b.target.port)),
    ...difference('proxy', a.proxy ?? 'none', b.proxy ?? 'none'),
    // A different program has a different certificate anyway.
    ...(a.peerKind === b.peerKind ? difference('certificate', a.thumbprint, b.thumbprint) : []),
    ...plansOf(a, b),
    ...(overlap(a, b) ? [] : [{ kind: 'time' as const, reference: a.startedAt, candidate: b.startedAt }]),
  ];
}

/** Whether two runs connected to the same host, as far as is known: by its address, behind a proxy by its name. */
export function isSameHost(a: ParsedReport, b: ParsedReport): boolean {
  if (a.address !== undefined && b.address !== undefined) return a.address === b.address;
  return a.target.host === b.target.host;
}

/** An unknown peer counts as a different one unless its certificate is the same. */
function peersOf(a: ParsedReport, b: ParsedReport): Condition[] {
  const isKnown = a.peerKind !== 'unknown' && b.peerKind !== 'unknown';
  const isSame = a.thumbprint !== undefined && a.thumbprint === b.thumbprint;
  return isSame && !isKnown ? [] : difference('peer', a.peerKind, b.peerKind);
}

/** Another host, or the same host by another name or address. */
function targetsOf(a: ParsedReport, b: ParsedReport): Condition[] {
  const { host } = a.target;
  if (isSameHost(a, b)) return difference('name', host, b.target.host);
  return host === b.target.host ? difference('address', a.address, b.address) : difference('host', host, b.target.host);
}

function plansOf(a: ParsedReport, b: ParsedReport): Condition[] {
  const options = new Set([...Object.keys(a.plan), ...Object.keys(b.plan)]);
  return [...options].flatMap((option) =>
    difference('plan', optionText(option, a.plan[option]), optionText(option, b.plan[option])),
  );
}

/** `concurrency 8`, `interval 5 ms` for `intervalUs` of 5000, `servername web01` without quotation marks. */
function optionText(option: string, json = 'not set'): string {
  const isTime = option.endsWith('Us') && /^\d+$/.test(json);
  const value = isTime && json !== '0' ? formatDuration(Number(json)) : json.replace(/^"([^"\\]*)"$/, '$1');
  return `${option.replace(/Us$/, '')} ${value}`;
}

function difference(kind: ConditionKind, reference?: string, candidate?: string): Condition[] {
  if (reference === undefined || candidate === undefined || reference === candidate) return [];
  return [{ kind, reference, candidate }];
}

/** Runs that overlap in time had the same path and load. */
function overlap(a: ParsedReport, b: ParsedReport): boolean {
  return Date.parse(a.startedAt) <= Date.parse(b.endedAt) && Date.parse(b.startedAt) <= Date.parse(a.endedAt);
}
