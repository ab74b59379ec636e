import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, type Running, serve } from './processes.js';

/** The part of ping's report that the measurements read. */
export interface PingReport {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly attempts: { readonly sent: number; readonly ok: number };
  readonly stages: Readonly<Record<string, { readonly count: number; readonly p50Us: number } | undefined>>;
}

export interface Pong extends Running {
  readonly port: number;
}

/** The environment of one bench run: its own identities and processes, separate from the user's. */
export class BenchEnvironment {
  readonly rounds: number;
  /** Include measurements that take minutes and gigabytes. */
  readonly big: boolean;
  readonly #home = mkdtempSync(join(tmpdir(), 'tentacle-bench-'));

  constructor(rounds: number, big: boolean) {
    this.rounds = rounds;
    this.big = big;
  }

  /** The environment variables of every process started here. */
  get env(): NodeJS.ProcessEnv {
    return { XDG_CONFIG_HOME: this.#home, XDG_CACHE_HOME: this.#home, TENTACLE_PASSPHRASE: undefined };
  }

  /** The PEM file with the certificate and key of ping or pong. It exists once that program has run. */
  identityFile(of: 'ping' | 'pong' = 'ping'): string {
    return join(this.#home, `tentacle-${of}`, 'identity.pem');
  }

  /** Returns a path for a file of this run. */
  file(name: string): string {
    return join(this.#home, name);
  }

  /** Returns the command that starts tentacle-ping or tentacle-pong. */
  binary(name: 'ping' | 'pong', ...args: string[]): string[] {
    const script = new URL(`../../../packages/${name}/bin/tentacle-${name}.js`, import.meta.url);
    return [process.execPath, fileURLToPath(script), ...args];
  }

  /** Starts a pong on a free loopback port. It logs as it does for a user, and the log is discarded. */
  async pong(...args: string[]): Promise<Pong> {
    const command = this.binary('pong', '--port', '0', '--bind', '127.0.0.1', '--json', ...args);
    const pong = await serve(command, this.env, /"port":(\d+)/);
    return { ...pong, port: Number(pong.ready[1]) };
  }

  /** Runs ping and returns its report. */
  async ping(...args: string[]): Promise<PingReport> {
    const { stdout } = await run(this.binary('ping', '--json', '--quiet', ...args), this.env);
    return JSON.parse(stdout) as PingReport;
  }

  clear(): void {
    rmSync(this.#home, { recursive: true });
  }
}

/** Returns successful attempts per second over the whole time of a run. */
export function rateOf({ attempts, startedAt, endedAt }: PingReport): number {
  if (attempts.ok !== attempts.sent) throw new Error(`${attempts.sent - attempts.ok} attempts of ping failed`);
  return (attempts.ok * 1000) / (Date.parse(endedAt) - Date.parse(startedAt));
}
