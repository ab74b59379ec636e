import type { Plan } from '../plan.js';

/** Whom a run is about to measure, by which way, as whom. */
export function heading({ host, port, way, address }: Plan, thumbprint: string): string {
  const at = address === undefined ? '' : ` at ${address}`;
  const through = way?.proxy === undefined ? '' : ` through the proxy ${way.proxy.host}:${way.proxy.port}`;
  return `PING ${host}:${port}${at}${through} as ${thumbprint}\n`;
}
