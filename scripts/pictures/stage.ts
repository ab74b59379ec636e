import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where the pictures are taken: two hosts with a network between them, in namespaces with addresses and names of their own.
 * Nothing of this machine is in the pictures.
 */
const SETUP = `hostname octopus01
mount --bind "$STAGE/hosts" /etc/hosts
mount --bind "$STAGE/resolv.conf" /etc/resolv.conf
mount -t tmpfs tmpfs /run
ip netns add web01
ip link add lan0 type veth peer name lan0 netns web01
ip address add 192.0.2.2/24 dev lan0
ip link set lan0 up
ip link set lo up
ip -n web01 address add 192.0.2.10/24 dev lan0
ip -n web01 link set lan0 up
ip -n web01 link set lo up
exec "$@"`;

const FILES = {
  hosts: '127.0.0.1 localhost\n192.0.2.2 octopus01\n192.0.2.10 web01\n',
  'resolv.conf': '',
};

const ROOT = new URL('../../../', import.meta.url);

/** Starts this script again in the namespace. @returns its exit status. */
export function runOnStage(script: string): number {
  const stage = mkdtempSync(join(tmpdir(), 'pictures-'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(stage, name), text);
  const args = ['--user', '--map-root-user', '--net', '--mount', '--uts', 'sh', '-e', '-c', SETUP, 'sh'];
  const { status, error } = spawnSync('unshare', [...args, process.execPath, script, '--on-stage'], {
    stdio: 'inherit',
    env: { ...process.env, STAGE: stage },
  });
  if (error !== undefined) throw error;
  return status ?? 1;
}

/** One certificate for each program, kept for all pictures. */
const home = mkdtempSync(join(tmpdir(), 'pictures-home-'));

/** Programs run on octopus01, where this script is, or on web01. */
function start(name: 'ping' | 'pong', args: readonly string[]) {
  const file = fileURLToPath(new URL(`packages/${name}/bin/tentacle-${name}.js`, ROOT));
  // The names of no shell, terminal or user of this machine.
  const env = { PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: home, XDG_CONFIG_HOME: home };
  const words = [process.execPath, file, ...args];
  const [program = '', ...rest] = name === 'ping' ? words : ['ip', 'netns', 'exec', 'web01', ...words];
  return spawn(program, rest, { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The output of a whole run, with colors; its exit status does not matter. @param onText is called with each addition, with the whole text. */
export async function outputOf(args: readonly string[], onText?: (text: string) => void): Promise<string> {
  const child = start('ping', [...args, '--color', 'always']);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    text += data;
    onText?.(text);
  });
  child.stderr.resume();
  await once(child, 'close');
  return text;
}

/** A tentacle-pong on its default port. @returns what stops it. */
export async function startPong(args: readonly string[] = []): Promise<() => Promise<void>> {
  const pong = start('pong', args);
  await once(pong.stdout, 'data');
  pong.stdout.resume();
  pong.stderr.resume();
  return async () => {
    const ended = once(pong, 'close');
    pong.kill('SIGTERM');
    await ended;
  };
}

/** A folder for files that are shown in pictures. */
export function fileOnStage(name: string): string {
  return join(home, name);
}
