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
import { type Listening, summaryOf } from '../summary.js';
import { Tally } from '../tally.js';
import { listeningText, summaryText } from '../texts.js';

/** What a run needs of the process that it runs in. */
export interface Outside {
  readonly version: string;
  readonly surroundings: Surroundings;
  readonly interfaces: Interfaces;
  readonly log: Logger;
  /** Results, for people or as lines of JSON. */
  readonly print: (text: string) => void;
  /** One line for people on what cannot be. */
  readonly complain: (line: string) => void;
  /** The user wants it to end. */
  readonly stop: AbortSignal;
}

/**
 * Listen until stopped, then print what came.
 * @returns the exit status: 0 when it ended as asked, 1 when it could not listen.
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

  // It must not end before it listens: `for` begins now.
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
    const wanted = { ...plan, otherPort: '--port 10934' };
    const problem = await listenProblem(error, wanted, outside.surroundings.platform, outside.interfaces);
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
  const listening = listeningOf(port, thumbprint, attestor.publicKey, addresses);
  const notes = [note, keyNote].filter((text) => text !== undefined);
  if (plan.json) for (const text of notes) log.info(text);
  const about = { version, trusts: plan.trust.length, notes };
  print(plan.json ? line(listening) : listeningText(listening, about));

  await aborted(stop);
  const { open } = tally;
  server.close();
  await connectionServer.drain();
  const summary = summaryOf(tally, {
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

function listeningOf(port: number, thumbprint: string, pongKey: string, addresses: readonly string[]): Listening {
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
