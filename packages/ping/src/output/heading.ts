import type { RunOptions } from '../options/run-options.js';

/** The first line of a run: its target, its proxy, and the thumbprint that is presented. */
export function heading({ host, port, proxyChoice, address }: RunOptions, thumbprint: string): string {
  const at = address === undefined ? '' : ` at ${address}`;
  const proxy = proxyChoice?.proxy;
  const through = proxy === undefined ? '' : ` through proxy ${proxy.host}:${proxy.port}`;
  return `PING ${host}:${port}${at}${through} - your thumbprint ${thumbprint}\n`;
}
