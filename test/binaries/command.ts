import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The output and the exit status of a command. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command as a user starts it: the built binary in its own process. */
export interface Command {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the first match in either output stream; rejects when the command ends without one. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

/** One configuration folder for a whole test file, so that each binary generates an RSA key once. */
export const home = mkdtempSync(join(tmpdir(), 'tentacle-test-'));

export function command(name: 'ping' | 'pong', args: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
  const script = fileURLToPath(new URL(`../../packages/${name}/bin/tentacle-${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    // Marks in ASCII, whatever the locale of the tests.
    env: { ...process.env, LC_ALL: 'C', XDG_CONFIG_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const checks = new Set<() => void>();
  const onOutput = (): void => {
    for (const check of checks) check();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onOutput();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onOutput();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    printed: async (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match === null) return;
          checks.delete(check);
          resolve(match);
        };
        checks.add(check);
        check();
        void ended.then(({ status }) =>
          reject(new Error(`${name} ended with ${status ?? 'a signal'}: ${stdout}${stderr}`)),
        );
      }),
  };
}

/** Starts a pong on a free port. */
export async function startPong(...args: string[]): Promise<Command & { port: number }> {
  const pong = command('pong', ['--port', '0', '--json', ...args]);
  const [, port] = await pong.printed(/"port":(\d+)/);
  return { ...pong, port: Number(port) };
}

/** Returns the summary of pong: the last line that it prints with --json. */
export function summaryOf({ stdout }: Ended): Summary {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Summary;
}

/** The part of pong's summary that tests read. */
export interface Summary {
  readonly schema: string;
  readonly connections: { readonly total: number };
  readonly endings: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
}
