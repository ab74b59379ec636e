import type { Check } from '../../diagnostics/checks/check.js';
import { addressFindings } from '../../diagnostics/checks/addresses.js';
import type { Interfaces } from '../../net/interfaces.js';
import { isLinkLocal } from './address-kinds.js';

/** More addresses than these are counted in the title; the evidence has all. */
const ADDRESSES_SHOWN = 3;

/** Judges the addresses of this host's interfaces. */
export function judgeInterfaces(interfaces: Interfaces): Check {
  const all = Object.entries(interfaces).flatMap(([name, infos]) => (infos ?? []).map((info) => ({ ...info, name })));
  if (all.length === 0) return addressFindings.unread.check({});
  const outer = all.filter(({ internal }) => !internal);
  const lines = all.map(({ name, address, cidr }) => `${name} ${cidr ?? address}`);
  const routable = outer.filter(({ address }) => !isLinkLocal(address));
  if (outer.length === 0) return addressFindings.none.check({}, lines);
  if (routable.length === 0) return addressFindings.linkLocalOnly.check({ list: listed(outer) }, lines);
  if (routable.every(({ family }) => family === 'IPv6'))
    return addressFindings.ipv6Only.check({ list: listed(routable) }, lines);
  return addressFindings.interfaces.check({ list: listed(routable) }, lines);
}

function listed(infos: readonly { readonly name: string; readonly address: string }[]): string {
  const shown = infos.slice(0, ADDRESSES_SHOWN).map(({ name, address }) => `${name} ${address}`);
  const more = infos.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
