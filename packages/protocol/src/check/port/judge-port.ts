import type { Check } from '../../diagnostics/checks/check.js';
import { portFindings } from '../../diagnostics/checks/port.js';
import { isWildcard, reachableAddresses } from '../../host/addresses.js';
import type { Interfaces } from '../../net/interfaces.js';
import type { PortListener } from '../../host/port-listeners.js';
import { rangeOf } from '../../host/port-rules.js';
import type { ProcessFacts } from '../../host/process-facts.js';
import type { TentacleInstance } from '../configuration/configuration.js';
import type { PortFacts } from './port-facts.js';

/** What a port is judged by. */
export interface PortQuestion extends PortFacts {
  readonly port: number;
  /** The instances that listen on it by their configuration. */
  readonly instances: readonly TentacleInstance[];
  readonly interfaces: Interfaces;
  /** 0: root, which sees every process. Undefined on Windows. */
  readonly userId: number | undefined;
}

/** Judges a port by what uses it. */
export function judgePort(question: PortQuestion): readonly Check[] {
  return question.use.listeners.length === 0 ? judgeFreePort(question) : judgeHeldPort(question);
}

function judgeFreePort({ port, use, rules, instances }: PortQuestion): readonly Check[] {
  const { elsewhere, connections } = use;
  const [instance] = instances;
  const [container] = elsewhere;
  const evidence = elsewhere.map(processLine);
  const first =
    instance !== undefined
      ? portFindings.notListening.check({ port, instance: instance.name }, evidence)
      : container === undefined
        ? portFindings.free.check({ port })
        : portFindings.otherNamespace.check({ port, ...container }, evidence);
  const excluded = rangeOf(port, rules.excluded);
  const ephemeral = rules.ephemeral && rangeOf(port, [rules.ephemeral]);
  const isReserved = rangeOf(port, rules.reserved) !== undefined;
  return [
    first,
    ...(connections > 0 ? [portFindings.clientSocket.check({ port, connections })] : []),
    ...(excluded ? [portFindings.excluded.check({ port, from: excluded[0], to: excluded[1] })] : []),
    ...(ephemeral && !isReserved && !excluded
      ? [portFindings.ephemeral.check({ port, from: ephemeral[0], to: ephemeral[1] })]
      : []),
    ...(port < rules.unprivilegedFrom
      ? [portFindings.privileged.check({ port, unprivilegedFrom: rules.unprivilegedFrom })]
      : []),
  ];
}

function judgeHeldPort(question: PortQuestion): readonly Check[] {
  const { use, port } = question;
  const sockets = [...new Map(use.listeners.map((listener) => [listener.socket, listener])).values()];
  const owners = sockets.map((listener) => ({ listener, owner: ownerOf(listener) }));
  const byPid = new Map(owners.map(({ owner, listener }) => [owner?.pid ?? listener.socket, { owner, listener }]));
  const checks = [...byPid.values()].flatMap(({ owner, listener }) => judgeSocket(question, listener, owner));
  const known = [...byPid.values()].flatMap(({ owner }) => owner ?? []);
  const addresses = use.listeners.map(({ address }) => address);
  const several =
    known.length < 2
      ? []
      : [
          portFindings.severalHolders.check(
            {
              port,
              names: known.map(({ name, pid }) => `${name} (${pid})`),
              isShared: new Set(addresses).size < addresses.length,
            },
            use.listeners.flatMap((listener) => socketLines(port, listener)),
          ),
        ];
  return [...checks, ...several, ...judgeAddresses(question)];
}

/** The holder that no other holder started; for a socket whose process has ended, the oldest child. */
function ownerOf({ holders }: PortListener): ProcessFacts | undefined {
  const pids = new Set(holders.map(({ pid }) => pid));
  return holders.find(({ parentPid }) => parentPid === undefined || !pids.has(parentPid)) ?? holders[0];
}

function judgeSocket(
  question: PortQuestion,
  listener: PortListener,
  owner: ProcessFacts | undefined,
): readonly Check[] {
  const { port, instances, use, userId } = question;
  const { endedPid, user = 'unknown' } = listener;
  const evidence = socketLines(port, listener);
  if (owner === undefined) {
    if (endedPid !== undefined) return [portFindings.ended.check({ port, ended: endedPid }, evidence)];
    const seesAll = userId === 0 && use.isComplete;
    return [(seesAll ? portFindings.holderElsewhere : portFindings.heldByHidden).check({ port, user }, evidence)];
  }
  const held = { port, addresses: boundAddresses(use.listeners), ...owner };
  if (endedPid !== undefined || isOrphan(owner))
    return [portFindings.orphan.check({ ...held, ended: endedPid ?? 0 }, evidence)];
  const heir = listener.holders.find(({ pid, kind }) => pid !== owner.pid && kind === 'script');
  const inherited = heir === undefined ? [] : [portFindings.inherited.check({ ...held, heir }, evidence)];
  return [judgeOwner(owner, held, instances, evidence), ...inherited];
}

function judgeOwner(
  owner: ProcessFacts,
  held: ProcessFacts & { readonly port: number; readonly addresses: readonly string[] },
  instances: readonly TentacleInstance[],
  evidence: readonly string[],
): Check {
  const { kind, forwardsTo } = owner;
  const isConfigured = instances.length > 0;
  if (isConfigured && kind === 'pong') return portFindings.heldByPong.check(held, evidence);
  if (isConfigured && kind !== 'tentacle') return portFindings.heldByOther.check(held, evidence);
  if (forwardsTo !== undefined) return portFindings.container.check({ ...held, forwardsTo }, evidence);
  return portFindings.held.check(held, evidence);
}

/** Adopters of processes whose parent has ended. */
const ADOPTERS = /^(?:systemd|init|tini|dumb-init|docker-init|catatonit|containerd-shim.*|conmon)$/;

/**
 * Whether a process that does not listen by itself has lost its parent, or is a child of a Tentacle that does not hold the
 * socket (any more).
 */
function isOrphan({ kind, parentPid, parentName }: ProcessFacts): boolean {
  if (kind !== 'script' || parentPid === undefined) return false;
  return parentPid <= 1 || parentName === undefined || ADOPTERS.test(parentName) || /^Tentacle$/i.test(parentName);
}

/** The addresses that a port is open at; empty: all. */
function boundAddresses(listeners: readonly PortListener[]): readonly string[] {
  const addresses = [...new Set(listeners.map(({ address }) => address))];
  return addresses.some((address) => isWildcard(address)) ? [] : addresses;
}

function judgeAddresses({ port, use, instances, interfaces }: PortQuestion): readonly Check[] {
  const addresses = [...new Set(use.listeners.map(({ address }) => address))];
  if (addresses.length > 0 && addresses.every(isLoopback))
    return [portFindings.loopbackOnly.check({ port, addresses })];
  const [instance] = instances;
  const bound = boundAddresses(use.listeners);
  if (bound.length > 0)
    return bound.includes(instance?.bind ?? '') ? [] : [portFindings.oneAddress.check({ port, addresses: bound })];
  // A listener at `::` accepts IPv4 too, unless it asked not to.
  if (addresses.includes('::')) return [];
  const others = reachableAddresses(interfaces).filter((address) => address.includes(':') && !address.includes('%'));
  return others.length === 0
    ? []
    : [portFindings.oneFamily.check({ port, missing: 'IPv6', addresses: others.slice(0, 3) })];
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function socketLines(port: number, { address, holders, endedPid }: PortListener): readonly string[] {
  const ended = endedPid === undefined ? '' : `, opened by process ${endedPid}, which has ended`;
  return [`listens at ${address}, port ${port}${ended}`, ...holders.map(processLine)];
}

/** One process on a line, with its parent and service, without its arguments. */
function processLine(process: ProcessFacts): string {
  const { pid, name, program, user, startedAt, parentPid, parentName, service } = process;
  const parent = parentPid === undefined ? undefined : `parent ${parentPid} (${parentName ?? 'ended'})`;
  const since = startedAt === undefined ? undefined : `since ${startedAt}`;
  return [`process ${pid}`, name, program, user, since, parent, service]
    .filter((part) => part !== undefined)
    .join(', ');
}
