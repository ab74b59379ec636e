import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/**
 * Demonstrates the pair on this machine: starts a pong on a free port with its own identity, pings it 100 times, shows
 * the output of both, and stops everything. The exit status is 0 if all attempts succeeded.
 */
const root = new URL('../../', import.meta.url);

/** Slow enough to watch, fast enough for a demonstration: 100 attempts in about four seconds. */
const INTERVAL = '20ms';

const binary = (name: string): string => fileURLToPath(new URL(`packages/${name}/bin/tentacle-${name}.js`, root));

function start(home: string, name: string, args: readonly string[], stdio: 'inherit' | 'pipe'): ChildProcess {
  process.stdout.write(`\n$ tentacle-${name} ${args.join(' ')}\n`);
  // Temporary identities: nothing is stored in the user's folder.
  const env = { ...process.env, XDG_CONFIG_HOME: home };
  return spawn(process.execPath, [binary(name), ...args], { env, stdio: ['ignore', stdio, 'inherit'] });
}

/** Prints pong's output as it arrives, and returns the arguments of the ping command in it. */
async function pingArguments(pong: ChildProcess): Promise<string[]> {
  if (pong.stdout === null) throw new Error('pong has no output');
  const lines = createInterface({ input: pong.stdout });
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      process.stdout.write(`${line}\n`);
      const command = /tentacle-ping (\S+):(\d+) --thumbprint (\S+)/.exec(line);
      if (command !== null) resolve([`localhost:${command[2] ?? ''}`, '--thumbprint', command[3] ?? '']);
    });
    lines.once('close', () => reject(new Error('pong ended before it was listening')));
  });
}

const home = await mkdtemp(join(tmpdir(), 'tentacle-demo-'));
try {
  const pong = start(home, 'pong', ['--port', '0', '--bind', '127.0.0.1', '--log-level', 'warn'], 'pipe');
  const pongEnds = once(pong, 'close');
  const target = await pingArguments(pong);
  const ping = start(home, 'ping', [...target, '--count', '100', '--interval', INTERVAL], 'inherit');
  const [status] = (await once(ping, 'close')) as [number | null];
  pong.kill('SIGTERM');
  await pongEnds;
  process.exitCode = status ?? 1;
} finally {
  await rm(home, { recursive: true, force: true });
}
