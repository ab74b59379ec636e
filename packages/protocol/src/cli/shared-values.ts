import { isIP } from 'node:net';
import { quote } from '../text/sanitize.js';
import { parseThumbprint } from '../identity/thumbprint.js';
import { UsageError } from './usage-error.js';

/** An IP address, with or without the brackets of IPv6. @throws UsageError */
export function parseAddress(text: string, option: string, example: string): string {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (isIP(bare) === 0) throw new UsageError(`${option}: ${quote(text)} is not an IP address; use ${example}`);
  return bare;
}

/** A thumbprint in any of the forms that tools show. @throws UsageError */
export function parseThumbprintOption(text: string, option: string): string {
  try {
    return parseThumbprint(text);
  } catch (error) {
    throw new UsageError(`${option}: ${quote(text)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A subscription as Octopus shows it, or its id alone. @throws UsageError */
export function parseSubscription(text: string): string {
  const [, id] = /^(?:poll:\/\/)?([A-Za-z0-9._-]{1,100})\/?$/.exec(text) ?? [];
  if (id === undefined)
    throw new UsageError(
      `--subscription: ${quote(text)} is not valid; use poll://ID/, as in poll://abcdefghij0123456789/`,
    );
  return `poll://${id}/`;
}
