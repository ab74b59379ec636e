import { omitUndefined, parseTarget, parseThumbprintOption, singleLine } from 'tentacle-protocol/cli';
import type { CheckTarget, CheckTargets } from 'tentacle-protocol/check';

/** The properties of a deployment target or worker of Octopus's REST API that are used here. Untrusted. */
interface Machine {
  readonly Name?: unknown;
  readonly IsDisabled?: unknown;
  readonly Uri?: unknown;
  readonly Thumbprint?: unknown;
  readonly Endpoint?: {
    readonly CommunicationStyle?: unknown;
    readonly Uri?: unknown;
    readonly Thumbprint?: unknown;
    readonly ProxyId?: unknown;
  };
}

const NAME_MAX_CHARS = 100;

/**
 * The listening Tentacles of an export: the array of `/api/machines/all` or `/api/workers/all`, or a page of
 * `/api/machines` with its `Items`. Undefined for any other JSON, and for text that is not JSON.
 */
export function parseMachines(text: string): CheckTargets | undefined {
  const machines = readMachines(text);
  if (machines === undefined) return undefined;
  const targets: CheckTarget[] = [];
  const left: Record<string, number> = {};
  for (const machine of machines) {
    const found = targetOf(machine);
    if (typeof found === 'string') left[found] = (left[found] ?? 0) + 1;
    else targets.push(found);
  }
  return { targets, left };
}

function readMachines(text: string): readonly Machine[] | undefined {
  try {
    const document = JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
    const items = Array.isArray(document) ? document : (document as { Items?: unknown } | null)?.Items;
    if (!Array.isArray(items)) return undefined;
    const machines = items.filter((item): item is Machine => typeof item === 'object' && item !== null);
    return machines.some(({ Endpoint, Uri }) => Endpoint !== undefined || Uri !== undefined) || items.length === 0
      ? machines
      : undefined;
  } catch {
    return undefined;
  }
}

/** Names of styles in a sentence. The others keep the word that Octopus uses. */
const STYLES: Readonly<Record<string, string>> = {
  TentacleActive: 'polling',
  KubernetesTentacle: 'polling (Kubernetes agent)',
  Ssh: 'SSH',
  None: 'without a machine',
};

/** The Tentacle to test, or why there is none. */
function targetOf({ Name, IsDisabled, Uri, Thumbprint, Endpoint = {} }: Machine): CheckTarget | string {
  const { CommunicationStyle: style = 'TentaclePassive' } = Endpoint;
  if (style !== 'TentaclePassive') {
    const word = typeof style === 'string' ? singleLine(style, NAME_MAX_CHARS) : 'of an unknown style';
    return STYLES[word] ?? word;
  }
  if (IsDisabled === true) return 'disabled';
  const uri = Endpoint.Uri ?? Uri;
  const thumbprint = Endpoint.Thumbprint ?? Thumbprint;
  if (typeof uri !== 'string') return 'without an address';
  try {
    return omitUndefined({
      ...parseTarget(uri),
      name: typeof Name === 'string' ? singleLine(Name, NAME_MAX_CHARS) : undefined,
      thumbprint:
        typeof thumbprint === 'string' && thumbprint !== ''
          ? parseThumbprintOption(thumbprint, 'Thumbprint')
          : undefined,
      isBehindProxy: typeof Endpoint.ProxyId === 'string' && Endpoint.ProxyId !== '' ? (true as const) : undefined,
    });
  } catch {
    return 'with an address that is not valid';
  }
}
