import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Component, namespaces, program } from '../real-components.js';

/** A check of the JSON that the program prints. */
export interface PrintedCheck {
  readonly id: string;
  readonly status: string;
  readonly title: string;
  readonly evidence: readonly string[];
}

/** What these tests need, where it is missing. */
export const lacking: Component | undefined = [
  namespaces(),
  ...['nft', 'iptables', 'iptables-legacy', 'ss', 'setpriv', 'nsenter', 'bash'].map(program),
].find(({ missing }) => missing !== undefined);

const PONG = fileURLToPath(new URL('../../packages/pong/dist/main.js', import.meta.url));

const RESPONDER = fileURLToPath(new URL('../dist/lab/dns-responder.js', import.meta.url));

/** A link with addresses of the documentation: this host is 192.0.2.10 and 2001:db8::10. Its other end has none. */
const LINK = `
ip link set lo up
ip link add near0 type veth peer name far0
ip addr add 192.0.2.10/24 dev near0
ip addr add 2001:db8::10/64 dev near0 nodad
ip link set near0 up
ip link set far0 addrgenmode none
ip link set far0 up`;

/** Starts the listener and waits until it listens. */
export const PONG_LISTENS = `
"$NODE" "$PONG" --port 10933 >/dev/null 2>&1 &
until ss -ltn 'sport = :10933' | grep -q LISTEN; do :; done`;

/**
 * Moves the other end of the link to a namespace of its own, 192.0.2.9, and connects from there. Prints whether the port
 * answered within this time.
 */
const connectFromFar = (seconds: number): string => `
unshare -n sleep 60 >/dev/null 2>&1 &
FAR=$!
until [ "$(readlink /proc/$FAR/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
ip link set far0 netns $FAR
nsenter -t $FAR -n sh -ec 'ip addr add 192.0.2.9/24 dev far0; ip link set far0 up'
if nsenter -t $FAR -n timeout ${seconds} bash -c '</dev/tcp/192.0.2.10/10933' 2>/dev/null; then echo reached >&2; fi`;

/** Another account: `setpriv` keeps none of root's rights. */
const AS_NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

/** Runs `check` in its own namespaces, after these shell commands. The namespaces end with it. */
export async function checkInNamespace(
  commands: string,
  args: readonly string[],
  options: { readonly asNobody?: boolean } = {},
): Promise<readonly PrintedCheck[]> {
  const { stdout } = await runInNamespace(commands, [
    ...(options.asNobody === true ? AS_NOBODY : []),
    ...CHECK,
    ...args,
  ]);
  return readChecks(stdout);
}

/** Runs the same while pong listens, and connects to it from another host. */
export async function checkAndConnect(
  commands: string,
  args: readonly string[],
  seconds: number,
): Promise<{ readonly checks: readonly PrintedCheck[]; readonly isReached: boolean }> {
  const script = `${PONG_LISTENS}\n${commands}\n${connectFromFar(seconds)}`;
  const { stdout, stderr } = await runInNamespace(script, [...CHECK, ...args]);
  return { checks: readChecks(stdout), isReached: stderr.includes('reached') };
}

/** The resolver of the system, which answers every question with this address. */
export const resolverWith = (address: string): string => `
mount -t tmpfs tmpfs /mnt
printf 'search example\\nnameserver 127.0.0.1\\n' > /mnt/resolv.conf
mount --bind /mnt/resolv.conf /etc/resolv.conf
"$NODE" "$RESPONDER" '${JSON.stringify({ address: '127.0.0.1', a: [address] })}' >/dev/null 2>&1 &
until ss -lun 'sport = :53' | grep -q 127; do :; done`;

const CHECK = ['"$NODE"', '"$PONG"', 'check', '--json'];

async function runInNamespace(
  commands: string,
  check: readonly string[],
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  // As the first process of a namespace of processes, the shell takes the listener with it.
  const shell = `${LINK}\n${commands}\n${check.join(' ')} || true`;
  const env = { ...process.env, NODE: process.execPath, PONG, RESPONDER };
  const unshare = ['-n', '-m', '-p', '-f', '--mount-proc', 'sh', '-ec', shell];
  return promisify(execFile)('unshare', unshare, { env, maxBuffer: 16 * 1024 * 1024 });
}

function readChecks(stdout: string): readonly PrintedCheck[] {
  const report = JSON.parse(stdout) as { groups: readonly { checks: readonly PrintedCheck[] }[] };
  return report.groups.flatMap(({ checks }) => checks);
}
