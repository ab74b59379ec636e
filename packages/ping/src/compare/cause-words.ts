import type { Condition, ConditionKind } from './comparison.js';

/** What each difference of the conditions may do to what is measured. */
const CAUSES: Readonly<Record<ConditionKind, (condition: Condition) => string>> = {
  peer: ({ reference, candidate }) => `what answers: ${reference} / ${candidate}`,
  host: ({ reference, candidate }) => `the machine: ${reference} / ${candidate}`,
  name: ({ reference, candidate }) => `the name: ${reference} / ${candidate}; a device may route or filter by it`,
  address: ({ reference, candidate }) => `the address: ${reference} / ${candidate}`,
  port: ({ reference, candidate }) => `the port: ${reference} / ${candidate}; a firewall may treat them differently`,
  proxy: ({ reference, candidate }) => `the proxy: ${reference} / ${candidate}`,
  certificate: () => 'the certificate: a renewed one, another machine, or something that ends TLS on the way',
  plan: ({ reference, candidate }) => `how it was measured: ${reference} / ${candidate}`,
  time: ({ reference, candidate }) => `the time: whatever changed in the ${apart(reference, candidate)} between`,
};

/** What may be why two runs differ; the last one may always be. */
export function causesOf(conditions: readonly Condition[]): string[] {
  return [...conditions.map((condition) => CAUSES[condition.kind](condition)), UNSEEN];
}

const UNSEEN = 'what no report holds: how busy either machine was, and by which way the packets went';

/** What tells such causes apart. */
export function tellsApart(conditions: readonly Condition[]): string {
  const kinds = conditions.map(({ kind }) => kind);
  return [
    'Measure again with only one of these changed at a time.',
    kinds.includes('time') ? 'Measure in turns, A, B, A, B: what goes with the hour shows in both.' : '',
    kinds.includes('peer') && kinds.includes('port')
      ? 'Stop the Tentacle and run pong on its port: then the port is the same.'
      : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function apart(from: string, to: string): string {
  const minutes = Math.abs(Date.parse(to) - Date.parse(from)) / 60_000;
  if (minutes < 100) return `${Math.max(1, Math.round(minutes))} min`;
  return minutes < 60 * 48 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 60 / 24)} days`;
}
