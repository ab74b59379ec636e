import { hostname } from 'node:os';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { listen, listenerContext, abortAfter } from 'tentacle-protocol';
import {
  chooseIdentity,
  type Environment,
  ExitStatus,
  howToRaise,
  omitUndefined,
  readOpenFiles,
  describeListenProblem,
  passphraseFrom,
  reachableAddresses,
  RecordFile,
  showLive,
  withPort,
  readInterfaces,
} from 'tentacle-protocol/cli';
import { durationText, type ListenerEvent, loadOrCreateSigningKey } from 'tentacle-protocol/diagnostics';
import { Attestor } from '../server/attestor.js';
import { createPongServer } from '../server/pong-server.js';
import { fitToOpenFiles } from '../server/fit-to-open-files.js';
import { describeLimits, limitsInForce } from '../server/limits.js';
import { ListenerMonitor } from '../server/listener-monitor.js';
import { DEFAULT_TRANSFER_LIMITS, describeTransferLimits } from '../options/transfer-limit-options.js';
import { TransferLimits } from '../server/transfer-limits.js';
import type { ListenOptions } from '../options/listen-options.js';
import { RecordStore } from '../server/record-store.js';
import type { StartFacts } from '../server/page.js';
import { type Listening, buildSummary } from '../server/summary.js';
import { Tally } from '../server/tally.js';
import { AcceptErrors } from '../server/accept-errors.js';
import { EndingLog } from '../server/ending-log.js';
import { describeStart, listeningText, summaryText } from '../output/listen-text.js';
import { LiveStatus } from '../output/live-status.js';
import type { Log } from '../output/logger.js';
import { ResultPage } from '../output/result-page.js';
import { openMetrics } from './open-metrics.js';

/**
 * Listens until stopped, then prints a summary.
 * @returns the exit status: 0 when it ended as requested, 1 when it could not listen.
 * @throws UsageError for an identity that cannot be used.
 */
export async function listenCommand(
  options: ListenOptions,
  { logger: log, droppedLines, isText }: Log,
  version: string,
  environment: Environment,
): Promise<number> {
  const { stdout: print } = environment;
  const interfaces = readInterfaces();
  const { certFile, keyFile, pfxFile } = options;
  const passphrase = await passphraseFrom(options.passphraseFile, environment.env);
  const choice = { certFile, keyFile, pfxFile, passphrase };
  const { identity, note } = await chooseIdentity(choice, environment, 'tentacle-pong', 'tentacle-pong');

  const { key, note: keyNote } = await loadOrCreateSigningKey(environment, 'tentacle-pong');
  const attestor = new Attestor(key, identity);

  // --deadline counts from now, so that it does not end before it listens.
  const stop = abortAfter(environment.stop, options.deadlineUs);
  const tally = new Tally();
  const records = new RecordStore();
  const startedAt = new Date().toISOString();
  const tool = { name: 'tentacle-pong', version };
  const header = {
    schema: 'tentacle-pong/records/1',
    tool,
    startedAt,
    port: options.port,
    thumbprint: identity.thumbprint,
  };
  const file =
    options.recordFile === undefined
      ? undefined
      : RecordFile.open(
          { path: options.recordFile, maxBytes: options.recordMaxBytes, warn: (text) => log.warn(text) },
          header,
        );
  const page = await ResultPage.open(options, version, environment);
  const openFiles = readOpenFiles();
  const { limits, note: limitNote } = fitToOpenFiles(limitsInForce(options.limits), openFiles);
  log.debug({ limits }, describeLimits(limits));
  const transfers = new TransferLimits({ ...DEFAULT_TRANSFER_LIMITS, ...options.transferLimits });
  log.debug({ transferLimits: transfers.settings }, describeTransferLimits(transfers.settings));
  const monitor = new ListenerMonitor(environment.platform, (event) => logEvent(log, event));
  monitor.start();
  const endingLog = new EndingLog(log, undefined, isText);
  const status = new LiveStatus(tally);
  // Its modules take a tenth of a second to load.
  const metrics =
    options.metrics === undefined
      ? undefined
      : new (await import('../metrics/listen-metrics.js')).ListenMetrics(version, { tally, transfers, limits });
  const metricsServer = await openMetrics(options.metrics, metrics, environment);
  if (metricsServer === 'failed') {
    page.close();
    return ExitStatus.FAILED;
  }
  let startFacts: StartFacts = [];
  const connectionServer = createPongServer({
    version,
    secureContext: listenerContext(identity, options.tlsMin),
    attestor,
    trusted: new Set(options.trust),
    limits,
    transfers,
    monitor,
    log,
    endingLog,
    tally,
    records: {
      add: (record, number) => {
        records.add(record, number);
        file?.add({ record });
        status.ended(record);
        metrics?.ended(record);
      },
      query: (question, context) => records.query(question, context),
      latestFrom: (address, max) => records.latestFrom(address, max),
    },
    startFacts: () => startFacts,
    stop,
  });
  const server = await listen(options, (socket) => connectionServer.accept(socket)).catch(async (error: unknown) => {
    const requested = { ...options, otherPort: '--port 10934' };
    const problem = await describeListenProblem(error, requested, environment.platform, interfaces);
    if (problem === undefined) throw error;
    environment.stderr(`tentacle-pong: ${problem}\n`);
    return undefined;
  });
  if (server === undefined) {
    page.close();
    return ExitStatus.FAILED;
  }
  // Accepting can fail for a moment, as when no file handle is free; listening goes on.
  const acceptErrors = new AcceptErrors(log);
  server.on('error', (error) => acceptErrors.add(error));

  const { port } = server.address() as AddressInfo;
  monitor.listensOn(port, () => tally.total);
  const { thumbprint } = identity;
  const addresses = reachableAddresses(interfaces, options.bind);
  const listening: Listening = {
    ...describeListening(port, thumbprint, attestor.publicKey, addresses),
    connectionsMax: limits.connectionsMax,
    ...omitUndefined({ openFilesMax: openFiles?.max }),
  };
  startFacts = describeStart(listening, options.trust.length);
  const notes = [note, keyNote, limitNote, metricsServer?.note].filter((text) => text !== undefined);
  if (options.json) for (const text of notes) log.info(text);
  const start = { version, bind: options.bind, trusted: options.trust.length, notes };
  if (options.json) page.printJson(listening);
  else print(listeningText(listening, start, environment));

  const stopLive = isText ? showLive(environment, () => status.text) : () => undefined;
  await aborted(stop);
  const { open } = tally;
  monitor.stop();
  server.close();
  await connectionServer.drain();
  await metricsServer?.close();
  endingLog.flush();
  stopLive();
  acceptErrors.flush();
  const summary = buildSummary(tally, {
    version,
    startedAt,
    endedAt: new Date().toISOString(),
    port,
    thumbprint,
    limits,
    transfers: transfers.counts,
    open,
    largestAcceptBatch: connectionServer.largestAcceptBatch,
    listener: monitor.health(tally.peak),
    logLinesDropped: droppedLines(),
    recordsLeftOut: file?.leftOut ?? 0,
  });
  file?.end({ summary });
  if (options.json) page.printJson(summary);
  else print(summaryText(summary, environment, options.verbose));
  const isWritten = await page.write(summary, async () => (await import('tentacle-protocol/html')).summaryPage);
  return isWritten ? ExitStatus.OK : ExitStatus.FAILED;
}

function describeListening(port: number, thumbprint: string, pongKey: string, addresses: readonly string[]) {
  const [first = hostname()] = addresses;
  const pingCommand = `tentacle-ping ${withPort(first, port)} --thumbprint ${thumbprint}`;
  return { schema: 'tentacle-pong/listening/1' as const, port, addresses, thumbprint, pongKey, pingCommand };
}

/** Names what keeps connections from being accepted: the other end sees it as silence. */
function logEvent(log: Logger, event: ListenerEvent): void {
  const { stalledUs, listenOverflows, closedWithoutHandleMax } = event;
  if (stalledUs !== undefined)
    log.warn(event, `This process did not run for ${durationText(stalledUs)}, and accepted no connections meanwhile.`);
  if (listenOverflows !== undefined)
    log.warn(event, `The system dropped new connections because a queue was full: ${listenOverflows}.`);
  if (closedWithoutHandleMax !== undefined)
    log.warn(
      event,
      `No file handle was free, so new connections were closed unseen: at most ${closedWithoutHandleMax}; ${howToRaise()}.`,
    );
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
