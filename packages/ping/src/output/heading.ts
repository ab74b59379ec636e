import { count, formatDuration, type Screen, styled, wrap } from 'tentacle-protocol/cli';
import type { RunOptions } from '../options/run-options.js';

/** The first lines of a run: its target, its proxy, what it does, and the thumbprint that is presented. */
export function heading(options: RunOptions, thumbprint: string, { width }: Pick<Screen, 'width'>): string {
  const { host, port, proxyChoice, address } = options;
  const name = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const proxy = proxyChoice?.proxy;
  const target = [
    styled('strong', name),
    ...(address === undefined ? [] : [`at ${address}`]),
    ...(proxy === undefined ? [] : [`through proxy ${proxy.host}:${proxy.port}`]),
  ].join(' ');
  return `${wrap(`${target} - ${workText(options)}`, '', '  ', width)}\n${wrap(styled('dim', `your thumbprint ${thumbprint}`), '', '', width)}\n`;
}

function workText(options: RunOptions): string {
  const { mode, concurrency, reuse } = options;
  switch (mode.kind) {
    case 'idle':
      return 'idle connections';
    case 'sizes':
      return 'search for size limits';
    case 'transfer':
      return 'data transfer';
    case 'round-trips': {
      const connection = reuse ? `${count(concurrency, 'reused connection')}, a round trip` : 'a new connection';
      const atATime = concurrency === 1 || reuse ? '' : `, ${concurrency} at a time`;
      return `${connection} ${paceText(options)}${atATime}`;
    }
  }
}

function paceText({ perSecond, intervalUs }: RunOptions): string {
  if (perSecond !== undefined)
    return perSecond < 1
      ? `every ${formatDuration(1e6 / perSecond)}`
      : `${Number(perSecond.toFixed(1))} times a second`;
  if (intervalUs === 0) return 'without pause';
  // Whole milliseconds as people write them.
  return `every ${intervalUs < 1_000_000 ? `${Number((intervalUs / 1000).toFixed(3))} ms` : formatDuration(intervalUs)}`;
}
