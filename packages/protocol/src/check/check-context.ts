import type { CheckOptions } from '../cli/check-options.js';
import type { Check, CheckGroupName } from '../diagnostics/checks/check.js';
import type { HttpProxy } from '../net/http-connect.js';
import type { CheckReport } from './check-report.js';
import type { Configuration } from './configuration/configuration.js';
import type { Host } from './host.js';

/** A listening Tentacle to test. */
export interface CheckTarget {
  readonly host: string;
  readonly port: number;
  /** The required thumbprint. */
  readonly thumbprint?: string;
  /** Its name in Octopus, where that is known. */
  readonly name?: string;
  /** Octopus connects to it through a proxy, which this host may not need or reach. */
  readonly isBehindProxy?: true;
}

/** The result of reading a list of listening Tentacles. */
export interface CheckTargets {
  readonly targets: readonly CheckTarget[];
  /** How many entries of the list have no port to test, by the reason: `polling`, `SSH`. */
  readonly left: Readonly<Record<string, number>>;
}

/** Input of a run besides its options: it may contain secrets. */
export interface CheckInputs {
  /** The proxy that the options select for a target, if any. */
  readonly proxyFor: (target: { readonly host: string; readonly port: number }) => HttpProxy | undefined;
  readonly targets?: CheckTargets;
  /** More files for the bundle, from what was found. */
  readonly bundleFiles?: (report: CheckReport) => Promise<readonly BundleFile[]>;
}

/** A file of a bundle. */
export interface BundleFile {
  /** Its path in the zip file. */
  readonly name: string;
  /** Without secrets. */
  readonly content: string;
  /** What it is, for README.txt. */
  readonly about: string;
}

/** What the checks of one run share. */
export interface CheckContext {
  readonly host: Host;
  readonly options: CheckOptions;
  /** Whether this is the host of a Tentacle, or of an Octopus Server. */
  readonly side: 'tentacle' | 'server';
  readonly inputs: CheckInputs;
  /** The configuration in force, read once. Groups that test "as configured" wait for it. */
  readonly configuration: Promise<Configuration>;
  /** Aborted at Ctrl+C, and when the group's time is over. */
  readonly signal: AbortSignal;
}

/** Reports one check, as soon as it has its result. */
export type AddCheck = (check: Check) => void;

/** One group of checks. */
export interface CheckGroupDefinition {
  readonly name: CheckGroupName;
  /** What it checks, as a noun phrase of at most 40 characters. */
  readonly title: string;
  /** After this time what has no result is `unknown`. */
  readonly timeoutMs: number | ((context: CheckContext) => number);
  readonly run: (context: CheckContext, add: AddCheck) => Promise<void>;
}
