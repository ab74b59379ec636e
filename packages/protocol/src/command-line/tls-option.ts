import type { Options } from 'yargs';
import { TLS_FLOOR, type TlsFloor } from '../transport/tls-floor.js';
import type { Given } from './parse.js';
import { UsageError } from './usage-error.js';
import { shown } from './values.js';

/** The option by which either end is told how old a TLS it may speak. */
export const TLS_OPTION = {
  'tls-min': {
    type: 'string',
    requiresArg: true,
    describe: 'Oldest TLS to speak: 1.0, 1.1, 1.2 or 1.3. Below 1.2 weak keys and suites are taken too',
    defaultDescription: '1.2',
  },
} as const satisfies Record<string, Options>;

const FLOORS: Readonly<Record<string, TlsFloor>> = {
  '1.0': 'TLSv1',
  '1.1': 'TLSv1.1',
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
};

/** @throws UsageError */
export function tlsFloorOf(given: Given): TlsFloor {
  const text = given.one('tls-min');
  if (text === undefined) return TLS_FLOOR;
  const floor = Object.hasOwn(FLOORS, text) ? FLOORS[text] : undefined;
  if (floor === undefined)
    throw new UsageError(`--tls-min ${shown(text)} is none; give ${Object.keys(FLOORS).join(', ')}`);
  return floor;
}
