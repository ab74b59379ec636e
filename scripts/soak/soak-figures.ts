import { readdirSync, readFileSync } from 'node:fs';

/** What a process uses at one time. */
export interface Figures {
  /** Since the start of the soak. */
  readonly atSeconds: number;
  readonly rssBytes: number;
  /** Files and sockets that are open. */
  readonly handles: number;
  /** TCP connections of its port, in all states but TIME_WAIT, which the system keeps by itself. */
  readonly sockets: number;
}

/** Reads the figures of a process from /proc. @throws where the system has none, or the process has ended. */
export function readFigures(pid: number, port: number, atSeconds: number): Figures {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0';
  const handles = readdirSync(`/proc/${pid}/fd`).length;
  return { atSeconds, rssBytes: Number(kilobytes) * 1024, handles, sockets: connectionsOf(port) };
}

const TIME_WAIT = '06';
const LISTEN = '0A';

/** Returns the number of connections whose local port this is, by /proc/net/tcp. Its numbers are hexadecimal. */
function connectionsOf(port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((path) => readFileSync(path, 'latin1').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state = LISTEN]) => local.endsWith(suffix) && ![TIME_WAIT, LISTEN].includes(state))
    .length;
}

/** Returns the growth per hour by a straight line through the values. */
export function slopePerHour(points: readonly { readonly atSeconds: number; readonly value: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const meanAt = mean(points.map(({ atSeconds }) => atSeconds));
  const meanValue = mean(points.map(({ value }) => value));
  const covariance = points.reduce((sum, { atSeconds, value }) => sum + (atSeconds - meanAt) * (value - meanValue), 0);
  const variance = points.reduce((sum, { atSeconds }) => sum + (atSeconds - meanAt) ** 2, 0);
  return variance === 0 ? 0 : (covariance / variance) * 3600;
}
