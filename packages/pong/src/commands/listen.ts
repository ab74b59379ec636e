import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import {
  chooseIdentity,
  keptAttestationKey,
  type Interfaces,
  listen,
  listenerContext,
  listenProblem,
  passphraseFrom,
  reachableAddresses,
  RecordFile,
  stopAfter,
  type Surroundings,
  withPort,
} from 'tentacle-protocol';
import { Attestor } from '../attestor.js';
import { createPongServer } from '../pong-server.js';
import { LIMITS } from '../limits.js';
import type { Plan } from '../plan.js';
import { RecordStore } from '../record-store.js';
import { type Listening, buildSummary } from '../summary.js';
import { Tally } from '../tally.js';
import { listeningText, summaryText } from '../texts.js';

/** What a command needs from the process that it runs in. */
export interface Outside {
  readonly version: string;
  readonly surroundings: Surroundings;
  readonly interfaces: Interfaces;
  readonly log: Logger;
  /** Prints results, for people or as lines of JSON. */
  readonly print: (text: string) => void;
  /** Prints one line for people about a problem. */
  readonly complain: (line: string) => void;
  /** Aborted when the user stops the program. */
  readonly stop: AbortSignal;
}

/**
 * Listen until stopped, then print a summary.
 * @returns the exit status: 0 when it ended as requested, 1 when it could not listen.
 * @throws UsageError for an identity that cannot be used.
 */
export async function listenCommand(plan: Plan, outside: Outside): Promise<number> {
  const { version, log, print } = outside;
  const { certFile, keyFile, pfxFile } = plan;
  const passphrase = await passphraseFrom(plan.passphraseFile, outside.surroundings.env);
  const choice = { certFile, keyFile, pfxFile, passphrase };
  const { identity, note } = await chooseIdentity(choice, outside.surroundings, 'tentacle-pong', 'tentacle-pong');

  const { key, note: keyNote } = await keptAttestationKey(outside.surroundings, 'tentacle-pong');
  const attestor = new Attestor(key, identity);

  // --for starts now, so that it does not end before it listens.
  const stop = stopAfter(outside.stop, plan.forUs);
  const tally = new Tally();
  const records = new RecordStore();
  const startedAt = new Date().toISOString();
  const tool = { name: 'tentacle-pong', version };
  const header = {
    schema: 'tentacle-pong/records/1',
    tool,
    startedAt,
    port: plan.port,
    thumbprint: identity.thumbprint,
  };
  const file =
    plan.recordFile === undefined ? undefined : RecordFile.open(plan.recordFile, header, (text) => log.warn(text));
  const connectionServer = createPongServer({
    version,
    secureContext: listenerContext(identity, plan.tlsMin),
    attestor,
    trusted: new Set(plan.trust),
    limits: LIMITS,
    log,
    tally,
    records: {
      add: (record) => {
        records.add(record);
        file?.add({ record });
      },
      query: (question, context) => records.query(question, context),
    },
    stop,
  });
  const server = await listen(plan, (socket) => connectionServer.accept(socket)).catch(async (error: unknown) => {
    const requested = { ...plan, otherPort: '--port 10934' };
    const problem = await listenProblem(error, requested, outside.surroundings.platform, outside.interfaces);
    if (problem === undefined) throw error;
    outside.complain(problem);
    return undefined;
  });
  if (server === undefined) return 1;
  // Accepting can fail for a moment, as when no file handle is free; listening goes on.
  server.on('error', (error) => log.warn(error, 'a connection could not be accepted'));

  const { port } = server.address() as AddressInfo;
  const { thumbprint } = identity;
  const addresses = reachableAddresses(outside.interfaces, plan.bind);
  const listening = describeListening(port, thumbprint, attestor.publicKey, addresses);
  const notes = [note, keyNote].filter((text) => text !== undefined);
  if (plan.json) for (const text of notes) log.info(text);
  const start = { version, bind: plan.bind, trusted: plan.trust.length, notes };
  print(plan.json ? line(listening) : listeningText(listening, start));

  await aborted(stop);
  const { open } = tally;
  server.close();
  await connectionServer.drain();
  const summary = buildSummary(tally, {
    version,
    startedAt,
    endedAt: new Date().toISOString(),
    port,
    thumbprint,
    open,
    acceptedAtOnce: connectionServer.largestAcceptBatch,
  });
  file?.add({ summary });
  file?.close();
  print(plan.json ? line(summary) : summaryText(summary, tally.bars));
  return 0;
}

function describeListening(port: number, thumbprint: string, pongKey: string, addresses: readonly string[]): Listening {
  const [first = '127.0.0.1'] = addresses;
  const pingCommand = `tentacle-ping ${withPort(first, port)} --thumbprint ${thumbprint}`;
  return { schema: 'tentacle-pong/listening/1', port, addresses, thumbprint, pongKey, pingCommand };
}

function line(document: object): string {
  return `${JSON.stringify(document)}\n`;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
