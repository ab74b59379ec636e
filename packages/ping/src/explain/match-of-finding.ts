import { findings } from 'tentacle-protocol/diagnostics';
import type { Match } from './explanation.js';

/** The match for the id of what a check found; its names and numbers are those of the finding's example. */
export function matchOfFinding(id: string): Match | undefined {
  const finding = findings.find((one) => one.id === id);
  if (finding === undefined) return undefined;
  const { title, means, next } = finding.example;
  return { id, line: 0, text: title, count: 0, means: means ?? `${title}.`, causes: [], next, seen: {} };
}
