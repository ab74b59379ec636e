import type { RunOptions } from '../options/run-options.js';

/** The first line of a run: its target, its proxy, and the thumbprint that is presented. */
export function heading({ host, port, way, address }: RunOptions, thumbprint: string): string {
  const at = address === undefined ? '' : ` at ${address}`;
  const through = way?.proxy === undefined ? '' : ` through proxy ${way.proxy.host}:${way.proxy.port}`;
  return `PING ${host}:${port}${at}${through} - your thumbprint ${thumbprint}\n`;
}
