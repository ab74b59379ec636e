import type { Step } from '../step.js';

/** The groups of checks, in the order in which they are shown. */
export const CHECK_GROUPS = [
  'configuration',
  'port',
  'local',
  'addresses',
  'endpoints',
  'firewall',
  'home',
  'tentacle',
  'policy',
] as const;

export type CheckGroupName = (typeof CHECK_GROUPS)[number];

/** The results of checks, the most important first. */
export const CHECK_STATUSES = ['problem', 'warning', 'unknown', 'ok', 'skipped'] as const;

/**
 * What a check found. `unknown`: it could not be found out, and the title or meaning says why. `skipped`: it does not apply
 * to this host, or was not asked for.
 */
export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** An endpoint that was tested, and what was measured. Plain JSON. */
export interface TestedEndpoint {
  readonly use: 'portal' | 'polling' | 'web-socket' | 'grpc' | 'tentacle';
  /** `https://octopus.example/api`, `octopus.example:10943` */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The address that was tested, where a name has several, or where it is known. */
  readonly address?: string;
  /** Where the connection came from: `direct`, or the proxy as `host:port`. */
  readonly from: string;
  /** The time from the lookup of the name to the end of the TLS handshake, or to the failure. */
  readonly elapsedUs?: number;
  /** The thumbprint of the presented certificate. */
  readonly thumbprint?: string;
  readonly subject?: string;
  /** What answered, in a few words. */
  readonly answer?: string;
}

/** One thing that was checked on this host, or from it. Plain JSON. */
export interface Check {
  /** What was found, by its row in docs/checks.md or docs/failures. API: never renamed. */
  readonly id: string;
  readonly status: CheckStatus;
  /** What was found, in one line, with its names and numbers. */
  readonly title: string;
  /** What that means for the connection; absent where the title says all of it. */
  readonly means?: string;
  /** What it was found from: lines of output, names, numbers. Masked. */
  readonly evidence: readonly string[];
  /** The endpoint that it is about, for the table of endpoints. */
  readonly endpoint?: TestedEndpoint;
  /** What to do about it, in order; empty where nothing is to be done. */
  readonly next: readonly Step[];
  /** Where it is described: a page of docs/ and its heading. */
  readonly page: string;
}

/** The checks of one group, in the order in which they finished. Plain JSON. */
export interface CheckGroup {
  readonly name: CheckGroupName;
  readonly checks: readonly Check[];
  readonly elapsedUs: number;
}
