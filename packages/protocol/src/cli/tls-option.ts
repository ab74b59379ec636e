import { DEFAULT_MIN_TLS_VERSION, type MinTlsVersion } from '../net/tls-versions.js';
import { quote } from '../text/sanitize.js';
import { type OptionDefinition, valueOption } from './definition.js';
import type { ParsedOptions } from './parse.js';
import { UsageError } from './usage-error.js';

/** The option for the oldest TLS version that this end accepts. */
export const TLS_OPTION = {
  'tls-min': valueOption(
    'tls',
    'VERSION',
    'oldest TLS version to use: 1.0, 1.1, 1.2 or 1.3. Below 1.2, weak keys and cipher suites are accepted too',
    { defaultDescription: '1.2', values: ['1.0', '1.1', '1.2', '1.3'] },
  ),
} as const satisfies Record<string, OptionDefinition>;

const FLOORS: Readonly<Record<string, MinTlsVersion>> = {
  '1.0': 'TLSv1',
  '1.1': 'TLSv1.1',
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
};

/** The oldest TLS version that the options allow. @throws UsageError */
export function minTlsVersionOf(options: ParsedOptions): MinTlsVersion {
  const text = options.value('tls-min');
  if (text === undefined) return DEFAULT_MIN_TLS_VERSION;
  const floor = Object.hasOwn(FLOORS, text) ? FLOORS[text] : undefined;
  if (floor === undefined)
    throw new UsageError(`--tls-min: ${quote(text)} is not a TLS version; use ${Object.keys(FLOORS).join(', ')}`);
  return floor;
}
