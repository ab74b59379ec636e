import { createSecureContext } from 'node:tls';
import type { Logger } from 'pino';
import { abortAfter } from 'tentacle-protocol';
import {
  chooseIdentity,
  chooseProxy,
  type Environment,
  type ParsedOptions,
  passphraseFrom,
} from 'tentacle-protocol/cli';
import type { PollOptions } from '../options/poll-options.js';
import { poll } from '../poller/poll.js';
import { describePolling, buildPollReport } from '../poller/poll-report.js';
import type { PollingContext } from '../poller/polling-context.js';
import { PollTally } from '../poller/poll-tally.js';
import { pollingText, pollReportText } from '../output/poll-text.js';

/**
 * Poll until stopped, then print a report.
 * @returns the exit status: 0 when the server accepted this poller and nothing failed, otherwise 1.
 * @throws UsageError for an identity or a proxy that cannot be used.
 */
export async function pollCommand(
  plan: PollOptions,
  run: {
    readonly options: ParsedOptions;
    readonly log: Logger;
    readonly version: string;
    readonly environment: Environment;
  },
): Promise<number> {
  const { options, log, version, environment } = run;
  const { stdout: print } = environment;
  const { certFile, keyFile, pfxFile } = plan;
  const passphrase = await passphraseFrom(plan.passphraseFile, environment.env);
  const choice = { certFile, keyFile, pfxFile, passphrase };
  const { identity, note } = await chooseIdentity(choice, environment, 'tentacle-pong', 'tentacle-pong');
  const { proxy } = await chooseProxy(options, plan.server, { env: environment.env });

  const context: PollingContext = {
    version,
    plan,
    subscription: plan.subscription ?? defaultSubscription(identity.thumbprint),
    proxy,
    secureContext: createSecureContext(identity.secureContextOptions),
    thumbprint: identity.thumbprint,
    log,
    tally: new PollTally(),
    stop: abortAfter(environment.stop, plan.forUs),
  };
  const startedAt = new Date().toISOString();
  if (plan.json && note !== undefined) log.info(note);
  const polling = describePolling(context);
  print(plan.json ? line(polling) : pollingText(polling, { version, ...(note === undefined ? {} : { note }) }));

  const registration = await poll(context);
  const report = buildPollReport(context, registration, { startedAt, endedAt: new Date().toISOString() });
  print(plan.json ? line(report) : pollReportText(report));
  return report.verdict.id === 'ok' ? 0 : 1;
}

/** An id in the form of a real one, 20 letters and digits. It stays the same for one certificate, as a Tentacle's does. */
function defaultSubscription(thumbprint: string): string {
  return `poll://${thumbprint.slice(0, 20).toLowerCase()}/`;
}

function line(document: object): string {
  return `${JSON.stringify(document)}\n`;
}
