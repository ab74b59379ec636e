import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { attackProgram, binary, peakRssBytes, start, type Started } from './processes.js';

/** The part of pong's summary that the accounting reads. */
export interface PongSummary {
  readonly connections: { readonly total: number; readonly peak: number };
  readonly endings: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
}

/** What a pong recorded of its connections, from its file. */
export interface RecordedConnections {
  readonly total: number;
  readonly byAddress: ReadonlyMap<string, number>;
}

export interface PongOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly recordFile: string;
  readonly leavesLogUnread: boolean;
  /** Of pong itself, and of Node. */
  readonly args: readonly string[];
  readonly nodeArgs: readonly string[];
}

/** A pong that has not answered by then does not answer at all. */
const FROZEN_MS = 10_000;

/** A tentacle-pong in a process of its own, with a probe of its event loop. */
export class PongUnderAttack {
  readonly port: number;
  readonly #process: Started;
  readonly #recordFile: string;
  #probeDue: ((longestBlockUs: number) => void) | undefined;

  static async start({ env, recordFile, leavesLogUnread, args, nodeArgs }: PongOptions): Promise<PongUnderAttack> {
    const [probe = ''] = attackProgram('loop-probe.js');
    const pong = binary('pong', '--port', '0', '--bind', '127.0.0.1', '--json', '--record', recordFile, ...args);
    const started = start([...nodeArgs, '--import', probe, ...pong], env, { leavesLogUnread, ipc: true });
    const [, port] = await started.printed(/"port":(\d+)/);
    return new PongUnderAttack(started, Number(port), recordFile);
  }

  private constructor(started: Started, port: number, recordFile: string) {
    this.#process = started;
    this.port = port;
    this.#recordFile = recordFile;
    started.child.on('message', (message) => {
      this.#probeDue?.((message as { readonly longestBlockUs: number }).longestBlockUs);
    });
  }

  get logLines(): number {
    return this.#process.stderrLines();
  }

  get peakRssBytes(): number | undefined {
    return peakRssBytes(this.#process.pid);
  }

  /** Returns the longest time for which the event loop was blocked since the last call, until this one is answered. */
  async longestBlockUs(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#probeDue = resolve;
      setTimeout(() => resolve(FROZEN_MS * 1000), FROZEN_MS).unref();
      void this.#process.ended.then((status) => reject(new Error(`pong ended with ${status ?? 'a signal'}`)));
      this.#process.child.send('next');
    });
  }

  /**
   * Resolves when every connection before this one is accepted: the system hands them over in order. It is a connection
   * from 127.0.0.1 too.
   */
  async acceptedAll(): Promise<void> {
    const socket = createConnection({ host: '127.0.0.1', port: this.port });
    socket.on('error', () => undefined);
    socket.end('no TLS follows\r\n\r\n');
    socket.resume();
    socket.setTimeout(FROZEN_MS, () => void socket.destroy());
    await once(socket, 'close');
  }

  /** Stops it. @returns its summary; undefined when it did not stop by itself. */
  async stop(): Promise<PongSummary | undefined> {
    const status = await this.#process.stop();
    if (status === undefined) return undefined;
    return JSON.parse(this.#process.stdout().trimEnd().split('\n').at(-1) ?? '') as PongSummary;
  }

  async recorded(): Promise<RecordedConnections> {
    const byAddress = new Map<string, number>();
    let total = 0;
    for await (const line of createInterface({ input: createReadStream(this.#recordFile) })) {
      const { record } = JSON.parse(line) as { readonly record?: { readonly address: string } };
      if (record === undefined) continue;
      total++;
      byAddress.set(record.address, (byAddress.get(record.address) ?? 0) + 1);
    }
    return { total, byAddress };
  }
}
