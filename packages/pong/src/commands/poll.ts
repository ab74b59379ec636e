import { abortAfter, connectorContext } from 'tentacle-protocol';
import {
  chooseIdentity,
  chooseProxy,
  type Environment,
  ExitStatus,
  type ParsedOptions,
  passphraseFrom,
  showLive,
} from 'tentacle-protocol/cli';
import type { PollOptions } from '../options/poll-options.js';
import { poll } from '../poller/poll.js';
import { describePolling, buildPollReport } from '../poller/poll-report.js';
import type { PollingContext } from '../poller/polling-context.js';
import { PollTally } from '../poller/poll-tally.js';
import type { Log } from '../output/logger.js';
import { ResultPage } from '../output/result-page.js';
import { openMetrics } from './open-metrics.js';
import { pollingText, pollReportText, pollStatusText } from '../output/poll-text.js';

/** One run of `tentacle-pong --poll`. */
export interface PollRun {
  readonly options: PollOptions;
  /** The options as they were written, for those of the proxy. */
  readonly parsed: ParsedOptions;
  readonly log: Log;
  readonly version: string;
  readonly environment: Environment;
}

/**
 * Polls until stopped, then prints a report.
 * @returns the exit status: 0 when the server accepted this poller and nothing failed, otherwise 1.
 * @throws UsageError for an identity or a proxy that cannot be used.
 */
export async function pollCommand({ options, parsed, log, version, environment }: PollRun): Promise<number> {
  const { stdout: print } = environment;
  const { certFile, keyFile, pfxFile } = options;
  const passphrase = await passphraseFrom(options.passphraseFile, environment.env);
  const choice = { certFile, keyFile, pfxFile, passphrase };
  const { identity, note } = await chooseIdentity(choice, environment, 'tentacle-pong', 'tentacle-pong');
  const { proxy } = await chooseProxy(parsed, options.server, { env: environment.env });

  const context: PollingContext = {
    version,
    plan: options,
    subscription: options.subscription ?? defaultSubscription(identity.thumbprint),
    proxy,
    secureContext: connectorContext(identity.secureContextOptions),
    thumbprint: identity.thumbprint,
    log: log.logger,
    tally: new PollTally(),
    stop: abortAfter(environment.stop, options.deadlineUs),
  };
  const page = await ResultPage.open(options, version, environment);
  const metrics =
    options.metrics === undefined
      ? undefined
      : new (await import('../metrics/poll-metrics.js')).PollMetrics(version, context.tally);
  const metricsServer = await openMetrics(options.metrics, metrics, environment);
  if (metricsServer === 'failed') {
    page.close();
    return ExitStatus.FAILED;
  }
  const startedAt = new Date().toISOString();
  const notes = [note, metricsServer?.note].filter((text) => text !== undefined);
  if (options.json) for (const text of notes) log.logger.info(text);
  const polling = describePolling(context);
  if (options.json) page.printJson(polling);
  else print(pollingText(polling, { version, notes }, environment));

  const stopLive = log.isText ? showLive(environment, () => pollStatusText(context.tally)) : () => undefined;
  const findings = await poll(context);
  stopLive();
  await metricsServer?.close();
  const report = buildPollReport(context, findings, { startedAt, endedAt: new Date().toISOString() });
  if (options.json) page.printJson(report);
  else print(pollReportText(report, environment, options.verbose));
  const isWritten = await page.write(report, async () => (await import('tentacle-protocol/html')).pollReportPage);
  return report.verdict.id === 'ok' && isWritten ? ExitStatus.OK : ExitStatus.FAILED;
}

/** An id in the form of a real one, 20 letters and digits. It stays the same for one certificate, as a Tentacle's does. */
function defaultSubscription(thumbprint: string): string {
  return `poll://${thumbprint.slice(0, 20).toLowerCase()}/`;
}
