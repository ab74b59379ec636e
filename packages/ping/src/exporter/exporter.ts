import { setMaxListeners } from 'node:events';
import { abortAfter, nowUs } from 'tentacle-protocol';
import { type Environment, formatDuration, parseTarget, quote, type Target, UsageError } from 'tentacle-protocol/cli';
import type { WebAccess } from 'tentacle-protocol/web';
import type { Report } from '../report/report.js';
import { CertificateMemory } from './certificate-memory.js';
import { ExporterMetrics } from './exporter-metrics.js';
import { type ExporterConfig, loadConfig, type ProbeModule } from './load-modules.js';
import { DEFAULT_MODULE } from './module-file.js';
import { pollerMetrics } from './poller-metrics.js';
import type { PollingListener } from './polling-listener.js';
import { type KeptProbe, ProbeHistory } from './probe-history.js';
import { ProbeLog } from './probe-log.js';
import { probeMetrics } from './probe-metrics.js';
import { ProbeTurns, type Rejection } from './probe-turns.js';
import { runProbe } from './run-probe.js';
import { isAllowed } from './target-patterns.js';

/** What an exporter is created from. */
export interface ExporterSettings {
  readonly config: ExporterConfig;
  /** The file of modules, for reloads; absent: none. */
  readonly configFile?: string | undefined;
  /** Read again with the modules. */
  readonly access: Pick<WebAccess, 'reload'>;
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
  | { readonly kind: 'polled'; readonly metrics: string }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'rejected'; readonly reason: Rejection }
  | { readonly kind: 'gone' };

/**
 * A probe waits for its turn for no more of its time than a half: with less time, a target that works would seem to be
 * the cause of a time-out that this exporter caused.
 */
const WAIT_SHARE_MAX = 0.5;

/** Searches take minutes, and must not take the turns of probes that take milliseconds. */
const SEARCHES_MAX = 4;
const SEARCHES_WAITING_MAX = 16;

/** What is left of an idle search's time for its attempts before and after the longest wait. */
const SEARCH_MARGIN_US = 2_000_000;

/** Probes targets on request, and remembers the recent ones. */
export class Exporter {
  readonly history = new ProbeHistory();
  readonly metrics: ExporterMetrics;
  /** Where polling Tentacles connect; absent: nowhere. */
  polling: PollingListener | undefined;
  readonly #settings: ExporterSettings;
  readonly #turns: ProbeTurns;
  readonly #searchTurns = new ProbeTurns(SEARCHES_MAX, SEARCHES_WAITING_MAX);
  readonly #certificates = new CertificateMemory();
  readonly #log: ProbeLog;
  readonly #cut = new AbortController();
  /** Those that name proxies: all of them would be searched in each probe. */
  readonly #variables: Environment['env'];
  #config: ExporterConfig;

  constructor(settings: ExporterSettings) {
    this.#settings = settings;
    this.#config = settings.config;
    this.#variables = Object.fromEntries(
      Object.entries(settings.environment.env).filter(([name]) => /proxy/i.test(name)),
    );
    this.#turns = new ProbeTurns(settings.probesMax, settings.waitingMax);
    this.#log = new ProbeLog(settings.environment.stderr);
    this.metrics = new ExporterMetrics(settings.version, this.#turns, this.#searchTurns);
    // Every probe that runs or waits listens to it.
    setMaxListeners(0, this.#cut.signal);
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

  /** What is in use, without secrets. Plain JSON, which is YAML too. */
  get shownConfig(): object {
    const { modules, targets, polling } = this.#config;
    return {
      modules: Object.fromEntries([...modules].map(([name, { written }]) => [name, written])),
      targets: targets.map(({ text }) => text),
      ...(polling === undefined ? {} : { polling: polling.written }),
    };
  }

  /** Ends the probes that run and wait, after a stop has let them finish for a while. */
  cut(): void {
    this.#cut.abort();
  }

  /**
   * Reads the files again. Probes that are under way go on with their module, and with a problem everything stays as it was.
   * @returns what is wrong, if anything.
   */
  async reload(): Promise<string | undefined> {
    const { configFile, environment, access } = this.#settings;
    try {
      const config = await loadConfig(configFile, environment);
      if (JSON.stringify(config.polling?.written) !== JSON.stringify(this.#config.polling?.written))
        throw new UsageError('polling changed, and its port is opened at the start only: restart tentacle-ping');
      await access.reload();
      this.#config = config;
      this.metrics.reloaded(true);
      return undefined;
    } catch (error) {
      this.metrics.reloaded(false);
      if (error instanceof UsageError) return error.message;
      throw error;
    }
  }

  async probe(request: ProbeRequest): Promise<ProbeResult> {
    const arrivedUs = nowUs();
    if (request.target.startsWith('poll:')) return this.#probePoller(request.target);
    const chosen = this.#choose(request);
    if (typeof chosen === 'string') return this.#invalid(chosen);
    if (!this.isReady) return this.#rejected('stopping');
    const { target, module } = chosen;
    const stop = AbortSignal.any([request.gone, this.#cut.signal]);
    const waits = abortAfter(stop, request.limitUs * WAIT_SHARE_MAX);
    const turns = module.search === undefined ? this.#turns : this.#searchTurns;
    const { version } = this.#settings;
    const environment = { env: this.#variables };
    try {
      const report = await turns.run(waits, async () => {
        const leftUs = arrivedUs + request.limitUs - nowUs();
        return runProbe({ module, target, leftUs, version, environment, stop });
      });
      if (request.gone.aborted) return { kind: 'gone' };
      if (typeof report === 'string') return this.#rejected(stop.aborted ? 'stopping' : report);
      return await this.#finish(report, module.name, nowUs() - arrivedUs);
    } catch (error) {
      // A password file that has gone, or a target without a thumbprint.
      if (error instanceof UsageError) return this.#invalid(error.message);
      throw error;
    }
  }

  /** @returns the target and the module, or why they cannot be used. */
  #choose({ target: written, module: name = DEFAULT_MODULE, limitUs }: ProbeRequest): Chosen | string {
    const module = this.#config.modules.get(name);
    if (module === undefined) return `module ${quote(name)} does not exist; see /config`;
    const neededUs = module.leastUs === 0 ? 0 : module.leastUs + SEARCH_MARGIN_US;
    if (limitUs < neededUs)
      return `module ${quote(name)} needs at least ${formatDuration(neededUs)}; set scrape_timeout to more`;
    try {
      const target = parseTarget(written);
      if (!isAllowed(target, this.#config.targets)) return `target ${quote(written)} is not allowed; see /config`;
      return { target, module };
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
  }

  async #finish(report: Report, module: string, elapsedUs: number): Promise<ProbeResult> {
    const isSuccess = report.verdict.id === 'ok';
    const probe = this.history.add({ module, report, isSuccess, elapsedUs });
    this.metrics.probes.inc({ module, result: isSuccess ? 'success' : 'failure' });
    this.metrics.durations.observe(elapsedUs / 1_000_000);
    const { host, port } = report.target;
    const target = `${module} ${host}:${port}`;
    this.#log.add(target, probe);
    const changes = this.#certificates.changes(target, report.peer.thumbprint);
    return { kind: 'probed', probe, metrics: await probeMetrics(probe, changes) };
  }

  /** A polling Tentacle connects by itself: what is known of it is the result. */
  async #probePoller(target: string): Promise<ProbeResult> {
    if (this.polling === undefined)
      return this.#invalid('no port for polling Tentacles; add polling to the file of --config');
    const poller = this.polling.find(target);
    if (typeof poller === 'string') return this.#invalid(poller);
    return { kind: 'polled', metrics: await pollerMetrics(poller) };
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
