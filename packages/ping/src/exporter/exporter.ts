import { abortAfter, nowUs } from 'tentacle-protocol';
import { type Environment, parseTarget, quote, type Target, UsageError } from 'tentacle-protocol/cli';
import type { RunOptions } from '../options/run-options.js';
import type { Report } from '../report/report.js';
import { runAttempts } from '../session/run-attempts.js';
import { Session } from '../session/session.js';
import { CertificateMemory } from './certificate-memory.js';
import { ExporterMetrics } from './exporter-metrics.js';
import { type ExporterConfig, loadConfig, probeOptions, type ProbeModule } from './load-modules.js';
import { DEFAULT_MODULE } from './module-file.js';
import { type KeptProbe, ProbeHistory } from './probe-history.js';
import { probeMetrics } from './probe-metrics.js';
import { ProbeTurns, type Rejection } from './probe-turns.js';
import { isAllowed } from './target-patterns.js';

/** What an exporter is created from. */
export interface ExporterSettings {
  readonly config: ExporterConfig;
  /** The file of modules, for reloads; absent: none. */
  readonly configFile?: string | undefined;
  readonly probesMax: number;
  readonly waitingMax: number;
  readonly version: string;
  readonly environment: Environment;
}

/** A request for a probe, as it arrived. */
export interface ProbeRequest {
  readonly target: string;
  /** Absent: the default one. */
  readonly module: string | undefined;
  readonly limitUs: number;
  /** Aborted when no one waits for the result anymore. */
  readonly gone: AbortSignal;
}

/** How a request for a probe ended: metrics, or why it was not run. */
export type ProbeResult =
  | { readonly kind: 'probed'; readonly probe: KeptProbe; readonly metrics: string }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly reason: Rejection }
  | { readonly kind: 'gone' };

/**
 * For how long a probe whose attempt has reached its time limit may still find out why: by the peer's page, for example.
 * Half of the time by which it ends before Prometheus' limit.
 */
const AFTERMATH_US = 250_000;

/**
 * A probe waits for its turn for no more of its time than a half: with less time, a target that works would seem to be
 * the cause of a time-out that this exporter caused.
 */
const WAIT_SHARE_MAX = 0.5;

/** Probes targets on request, and remembers the recent ones. */
export class Exporter {
  readonly history = new ProbeHistory();
  readonly metrics: ExporterMetrics;
  readonly #settings: ExporterSettings;
  readonly #turns: ProbeTurns;
  readonly #certificates = new CertificateMemory();
  #config: ExporterConfig;

  constructor(settings: ExporterSettings) {
    this.#settings = settings;
    this.#config = settings.config;
    this.#turns = new ProbeTurns(settings.probesMax, settings.waitingMax);
    this.metrics = new ExporterMetrics(settings.version, this.#turns);
  }

  /** Whether it takes probes: until it is stopped. */
  get isReady(): boolean {
    return !this.#settings.environment.stop.aborted;
  }

  get version(): string {
    return this.#settings.version;
  }

  get environment(): Environment {
    return this.#settings.environment;
  }

  /** The modules and allowed targets in use, without secrets. Plain JSON, which is YAML too. */
  get shownConfig(): object {
    const modules = Object.fromEntries([...this.#config.modules].map(([name, { written }]) => [name, written]));
    return { modules, targets: this.#config.targets.map(({ text }) => text) };
  }

  /** Reads the file of modules again. Probes that are under way go on with their module. @returns what is wrong, if anything. */
  async reload(): Promise<string | undefined> {
    const { configFile, environment } = this.#settings;
    try {
      this.#config = await loadConfig(configFile, environment);
      this.metrics.reloads.inc({ result: 'success' });
      return undefined;
    } catch (error) {
      this.metrics.reloads.inc({ result: 'failure' });
      if (error instanceof UsageError) return error.message;
      throw error;
    }
  }

  async probe(request: ProbeRequest): Promise<ProbeResult> {
    const arrivedUs = nowUs();
    const chosen = this.#choose(request);
    if (typeof chosen === 'string') return this.#invalid(chosen);
    if (!this.isReady) return this.#rejected('stopping');
    const { target, module } = chosen;
    const stop = AbortSignal.any([request.gone, this.#settings.environment.stop]);
    const waits = abortAfter(stop, request.limitUs * WAIT_SHARE_MAX);
    const report = await this.#turns.run(waits, async () => {
      const leftUs = arrivedUs + request.limitUs - nowUs();
      return this.#measure(module, target, leftUs, stop);
    });
    if (request.gone.aborted) return { kind: 'gone' };
    if (typeof report === 'string') return this.#rejected(stop.aborted ? 'stopping' : report);
    return this.#finish(report, module.name, nowUs() - arrivedUs);
  }

  /** @returns the target and the module, or why they cannot be used. */
  #choose({ target: written, module: name = DEFAULT_MODULE }: ProbeRequest): Chosen | string {
    const module = this.#config.modules.get(name);
    if (module === undefined) return `module ${quote(name)} does not exist; see /config`;
    try {
      const target = parseTarget(written);
      if (!isAllowed(target, this.#config.targets)) return `target ${quote(written)} is not allowed; see /config`;
      return { target, module };
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
  }

  async #measure(module: ProbeModule, target: Target, leftUs: number, stop: AbortSignal): Promise<Report> {
    const { version, environment } = this.#settings;
    const options = await probeOptions(module, target, environment);
    const { identity, secureContext } = module;
    const session = new Session({ options: within(options, leftUs), identity, secureContext, version, stop });
    // Not what the other end recorded: that takes connections of its own.
    const summary = await runAttempts(session, { onAttempt: () => undefined });
    return session.report(summary);
  }

  async #finish(report: Report, module: string, elapsedUs: number): Promise<ProbeResult> {
    const isSuccess = report.verdict.id === 'ok';
    const probe = this.history.add({ module, report, isSuccess, elapsedUs });
    this.metrics.probes.inc({ module, result: isSuccess ? 'success' : 'failure' });
    this.metrics.durations.observe(elapsedUs / 1_000_000);
    const { host, port } = report.target;
    const changes = this.#certificates.changes(`${module} ${host}:${port}`, report.peer.thumbprint);
    return { kind: 'probed', probe, metrics: await probeMetrics(probe, changes) };
  }

  #invalid(reason: string): ProbeResult {
    this.metrics.rejected.inc({ reason: 'invalid' });
    return { kind: 'invalid', reason };
  }

  #rejected(reason: Rejection): ProbeResult {
    this.metrics.rejected.inc({ reason });
    return { kind: 'rejected', reason };
  }
}

interface Chosen {
  readonly target: Target;
  readonly module: ProbeModule;
}

/** The options with no more time than is left; an attempt that reaches its limit still has a failure. */
function within(options: RunOptions, leftUs: number): RunOptions {
  const timeoutUs = Math.max(1, Math.min(options.timeoutUs, leftUs));
  return { ...options, timeoutUs, deadlineUs: timeoutUs + AFTERMATH_US };
}
