import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, type Running, serve } from './processes.js';

/** What of ping's report the measurements read. */
export interface PingReport {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly attempts: { readonly sent: number; readonly ok: number };
  readonly stages: Readonly<Record<string, { readonly count: number; readonly p50Us: number } | undefined>>;
}

export interface Pong extends Running {
  readonly port: number;
}

/** Where a run of the bench works: its own identities, its own processes, nothing of the user's. */
export class Workplace {
  readonly rounds: number;
  /** Also what takes minutes and gigabytes. */
  readonly big: boolean;
  readonly #home = mkdtempSync(join(tmpdir(), 'tentacle-bench-'));

  constructor(rounds: number, big: boolean) {
    this.rounds = rounds;
    this.big = big;
  }

  /** What everything that is started here gets. */
  get env(): NodeJS.ProcessEnv {
    return { XDG_CONFIG_HOME: this.#home, TENTACLE_PASSPHRASE: undefined };
  }

  /** The certificate and key that ping presents, in one PEM file; pong's are like it. There once each has run. */
  identityFile(of: 'ping' | 'pong' = 'ping'): string {
    return join(this.#home, `tentacle-${of}`, 'identity.pem');
  }

  /** A name for a file of this run. */
  file(name: string): string {
    return join(this.#home, name);
  }

  /** The words that start a binary of ours. */
  binary(name: 'ping' | 'pong', ...args: string[]): string[] {
    const script = new URL(`../../../packages/${name}/bin/tentacle-${name}.js`, import.meta.url);
    return [process.execPath, fileURLToPath(script), ...args];
  }

  /** A pong on a free port of the loopback, which logs as it does for a user, but to nowhere. */
  async pong(...args: string[]): Promise<Pong> {
    const command = this.binary('pong', '--port', '0', '--bind', '127.0.0.1', '--json', ...args);
    const pong = await serve(command, this.env, /"port":(\d+)/);
    return { ...pong, port: Number(pong.ready[1]) };
  }

  /** Ping to its report. */
  async ping(...args: string[]): Promise<PingReport> {
    const { stdout } = await run(this.binary('ping', '--json', '--quiet', ...args), this.env);
    return JSON.parse(stdout) as PingReport;
  }

  clear(): void {
    rmSync(this.#home, { recursive: true });
  }
}

/** Attempts a second that went through, all of a run's time counted. */
export function rateOf({ attempts, startedAt, endedAt }: PingReport): number {
  if (attempts.ok !== attempts.sent) throw new Error(`${attempts.sent - attempts.ok} attempts of ping failed`);
  return (attempts.ok * 1000) / (Date.parse(endedAt) - Date.parse(startedAt));
}
