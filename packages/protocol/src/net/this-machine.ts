import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { readInterfaces } from './interfaces.js';
import type { ThisMachineFact } from '../trace.js';

/** Names that every system has for its loopback addresses. */
const LOOPBACK_NAME = /^(?:.+\.)?localhost(?:\.localdomain)?\.?$|^ip6-(?:localhost|loopback)$/i;

/** 127.0.0.0/8 and ::1; 0.0.0.0 and ::, with which a client reaches its own machine (on Windows: nothing). */
const LOOPBACK_ADDRESS = /^(?:(?:::ffff:)?127\.\d+\.\d+\.\d+|(?:::ffff:)?0\.0\.0\.0|::1?)$/i;

/**
 * Whether a connection leads to this machine itself, and whether the host says so.
 * @param localAddress of the established connection; absent: it failed, and the interfaces are asked.
 */
export function thisMachineFact(host: string, address: string, localAddress?: string): ThisMachineFact | undefined {
  const isLoopback = LOOPBACK_ADDRESS.test(address);
  if (!isLoopback && !isOwnAddress(address, localAddress)) return undefined;
  if (isNameOfThisMachine(host)) return 'as-named';
  return isLoopback ? 'loopback' : 'own-address';
}

/** A connection to an own address comes from the same address. */
function isOwnAddress(address: string, localAddress: string | undefined): boolean {
  if (localAddress !== undefined) return localAddress === address;
  return Object.values(readInterfaces()).some((infos = []) => infos.some((info) => info.address === address));
}

/** An address leads where it says; this machine's own name has the address of an interface, or one of 127.0.0.0/8. */
function isNameOfThisMachine(host: string): boolean {
  if (isIP(host) !== 0 || LOOPBACK_NAME.test(host)) return true;
  const own = hostname().toLowerCase();
  const asked = host.toLowerCase().replace(/\.$/, '');
  return asked === own || firstLabel(asked) === firstLabel(own);
}

function firstLabel(name: string): string {
  return name.split('.')[0] ?? name;
}
