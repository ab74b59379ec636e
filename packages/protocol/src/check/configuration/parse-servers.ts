import { omitUndefined } from '../../plain-data/omit-undefined.js';
import type { InvalidSetting, TrustedServer } from './configuration.js';
import { SETTING_KEYS } from './setting-keys.js';

/** More than any Tentacle trusts; the rest of a longer list is not shown. */
const SERVERS_MAX = 200;

/** Addresses are the longest texts of an entry. */
const TEXT_MAX_CHARS = 2000;

/** The list of trusted servers, and what is wrong with it. */
export interface ParsedServers {
  readonly servers: readonly TrustedServer[];
  readonly invalid: readonly InvalidSetting[];
}

/** What the settings beside the list mean for its entries. */
export interface ServerDefaults {
  readonly noListen: boolean;
  /** `Octopus.Communications.Squid`: names the subscription of entries without one, which versions before 3 wrote. */
  readonly squid?: string | undefined;
}

/** Parses the JSON of `Tentacle.Communication.TrustedOctopusServers`. */
export function parseServers(json: string | undefined, defaults: ServerDefaults): ParsedServers {
  if (json === undefined) return { servers: [], invalid: [] };
  const list = parseJson(json);
  if (!Array.isArray(list)) return { servers: [], invalid: [invalidServers('a JSON list of servers')] };
  const servers = list.slice(0, SERVERS_MAX).map((entry) => parseServer(entry, defaults));
  const read = servers.filter((server) => server !== undefined);
  return {
    servers: read,
    invalid: read.length === servers.length ? [] : [invalidServers('a thumbprint for each server')],
  };
}

function parseServer(entry: unknown, { noListen, squid }: ServerDefaults): TrustedServer | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { Thumbprint, Address, SubscriptionId, CommunicationStyle, KubernetesTentacleCommunicationMode } =
    entry as Record<string, unknown>;
  const thumbprint = textOf(Thumbprint);
  if (thumbprint === undefined) return undefined;
  const address = textOf(Address);
  const style = styleOf(CommunicationStyle, KubernetesTentacleCommunicationMode, address);
  return {
    thumbprint,
    // The first Tentacles of version 3 wrote no style. Tentacle takes it for listening where it listens.
    style: style === 'none' ? (noListen ? 'other' : 'listening') : style,
    ...omitUndefined({
      address,
      subscription: textOf(SubscriptionId) ?? (squid === undefined ? undefined : `poll://${squid.toLowerCase()}/`),
    }),
  };
}

/** The numbers are those of `CommunicationStyle` in Octopus.Client; Tentacle reads the names too. */
function styleOf(style: unknown, mode: unknown, address: string | undefined): TrustedServer['style'] | 'none' {
  switch (typeof style === 'string' || typeof style === 'number' ? String(style) : '0') {
    case '0':
    case 'None':
      return 'none';
    case '1':
    case 'TentaclePassive':
      return 'listening';
    case '2':
    case 'TentacleActive':
      return 'polling';
    default:
      // A Kubernetes agent, whose number has changed over time: it polls unless it says otherwise.
      if (String(mode) === 'Listening' || mode === 1) return 'listening';
      return address === undefined ? 'other' : 'polling';
  }
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? trimSpace(value.slice(0, TEXT_MAX_CHARS)) : '';
  return text === '' ? undefined : text;
}

/** Not `trim`: it removes the byte order mark too, which Tentacle keeps so that the thumbprint is wrong. */
function trimSpace(text: string): string {
  return text.replaceAll(/^(?:(?!\uFEFF)\s)+|(?:(?!\uFEFF)\s)+$/g, '');
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

function invalidServers(expected: string): InvalidSetting {
  return { key: SETTING_KEYS.servers, expected };
}
