import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { readArray, readText } from '../powershell-values.js';
import type { Host } from '../host.js';
import { powershellJson } from '../run-command.js';
import { codeOf } from './own-names.js';

/** The route to an address, as far as it is known. */
export type Route =
  | { readonly kind: 'found'; readonly source: string; readonly by?: string; readonly line?: string }
  | { readonly kind: 'none'; readonly code: string };

/** PowerShell takes seconds to start. */
const COMMAND_MS = 6000;

/** Finds the address that this host uses towards another, and the router between. Nothing is sent. */
export async function findRoute(host: Host, address: string): Promise<Route> {
  const [source, command] = await Promise.all([
    findSource(address),
    host.platform === 'win32' ? askWindows(host, address) : askLinux(host, address),
  ]);
  return typeof source === 'string' ? { kind: 'found', source, ...command } : { kind: 'none', code: source.code };
}

/** To connect a UDP socket asks the routing table and sends no packet. */
async function findSource(address: string): Promise<string | { readonly code: string }> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv4(address) ? 'udp4' : 'udp6');
    const settle = (result: string | { readonly code: string }): void => {
      socket.close();
      resolve(result);
    };
    socket.once('error', (error) => settle({ code: codeOf(error) }));
    socket.once('connect', () => settle(socket.address().address));
    // Any port: nothing is sent to it.
    socket.connect(9, address);
  });
}

interface Router {
  readonly by?: string;
  readonly line?: string;
}

async function askLinux({ run }: Host, address: string): Promise<Router> {
  const result = await run('ip', ['-j', 'route', 'get', address], COMMAND_MS);
  if (result.kind !== 'done' || result.status !== 0) return {};
  try {
    const [route] = readArray(JSON.parse(result.stdout) as unknown);
    return routerOf(readText(route?.['gateway']), readText(route?.['dev']));
  } catch {
    return {};
  }
}

async function askWindows({ run }: Host, address: string): Promise<Router> {
  const script = `Find-NetRoute -RemoteIPAddress '${address}' | Where-Object NextHop | Select-Object -First 1 NextHop, InterfaceAlias`;
  const [route] = readArray(await powershellJson(run, script, COMMAND_MS));
  const gateway = readText(route?.['NextHop']);
  const isDirect = gateway === '0.0.0.0' || gateway === '::';
  return routerOf(isDirect ? undefined : gateway, readText(route?.['InterfaceAlias']));
}

function routerOf(gateway: string | undefined, device: string | undefined): Router {
  if (device === undefined) return {};
  const by = gateway === undefined ? `directly on ${device}` : `through ${gateway} on ${device}`;
  return { by, line: `route: ${by}` };
}
