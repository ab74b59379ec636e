import type { ConnectionFacts } from '../trace.js';

/** A duration as text: whole or tenths of a second, or milliseconds below one second. */
export function durationText(us: number): string {
  return us < 999_500 ? `${Math.round(us / 1000)} ms` : `${Math.round(us / 100_000) / 10} s`;
}

/** A number of bytes as text, with the noun in the right number. */
export function byteCount(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'byte' : 'bytes'}`;
}

/** The same text with an upper-case first letter, for the beginning of a sentence. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `host:port` as URLs and commands have it. */
export function hostAndPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The peer as texts name it: `host:port`, with the address where it differs from the name, or the proxy before it. */
export function peerName(facts: ConnectionFacts): string {
  const { host, port, proxy } = facts;
  const name = `${host}:${port}`;
  // With a proxy, the address is the proxy's.
  if (proxy !== undefined) return `${name} (through the proxy ${proxy.host}:${proxy.port})`;
  return facts.address === undefined || facts.address === facts.host ? name : `${name} (${facts.address})`;
}

/** The target of the TCP connection itself: the peer, or the proxy before it. */
export function firstHopName(facts: ConnectionFacts): string {
  const { proxy, ...leg } = facts;
  return proxy === undefined
    ? peerName(facts)
    : `the proxy ${peerName({ ...leg, host: proxy.host, port: proxy.port })}`;
}

/** A number with its noun: `1 attempt`, `16,000,000 bytes`. @param noun in the singular. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** All of them: `both attempts`, `all 3 attempts`. @param noun in the singular. */
export function allOf(count: number, noun: string): string {
  return count === 2 ? `both ${noun}s` : `all ${counted(count, noun)}`;
}

/** A moment as logs write it, in UTC: `2026-01-01 12:00:00.000 UTC`. @param iso UTC, ISO 8601. */
export function momentText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC`;
}

/** When something began and ended, with the date once where both are on one day. */
export function spanText(firstIso: string, lastIso: string): string {
  if (firstIso === lastIso) return `at ${momentText(firstIso)}`;
  const isOneDay = firstIso.slice(0, 10) === lastIso.slice(0, 10);
  return isOneDay
    ? `from ${firstIso.slice(0, 10)} ${firstIso.slice(11, 23)} to ${lastIso.slice(11, 23)} UTC`
    : `from ${momentText(firstIso)} to ${momentText(lastIso)}`;
}
