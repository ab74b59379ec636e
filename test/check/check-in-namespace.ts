import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A check of the JSON that the program prints. */
export interface PrintedCheck {
  readonly id: string;
  readonly status: string;
  readonly title: string;
  readonly evidence: readonly string[];
}

const PONG = fileURLToPath(new URL('../../packages/pong/dist/main.js', import.meta.url));

/** A link with addresses of the documentation: this host is 192.0.2.10 and 2001:db8::10. */
const LINK = `
ip link set lo up
ip link add near0 type veth peer name far0
ip addr add 192.0.2.10/24 dev near0
ip addr add 2001:db8::10/64 dev near0 nodad
ip link set near0 up
ip link set far0 up`;

/** Starts the listener and waits until it listens. */
export const PONG_LISTENS = `
"$NODE" "$PONG" --port 10933 >/dev/null 2>&1 &
until ss -ltn 'sport = :10933' | grep -q LISTEN; do :; done`;

/** Another account: `setpriv` keeps none of root's rights. */
const AS_NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

/** Runs `check` in its own namespaces, after these shell commands. The namespaces end with it. */
export async function checkInNamespace(
  commands: string,
  args: readonly string[],
  options: { readonly asNobody?: boolean } = {},
): Promise<readonly PrintedCheck[]> {
  const check = [...(options.asNobody === true ? AS_NOBODY : []), '"$NODE"', '"$PONG"', 'check', '--json', ...args];
  // As the first process of a namespace of processes, the shell takes the listener with it.
  const shell = `${LINK}\n${commands}\n${check.join(' ')} || true`;
  const env = { ...process.env, NODE: process.execPath, PONG };
  const unshare = ['-n', '-m', '-p', '-f', '--mount-proc', 'sh', '-ec', shell];
  const { stdout } = await promisify(execFile)('unshare', unshare, { env, maxBuffer: 16 * 1024 * 1024 });
  const report = JSON.parse(stdout) as { groups: readonly { checks: readonly PrintedCheck[] }[] };
  return report.groups.flatMap(({ checks }) => checks);
}
