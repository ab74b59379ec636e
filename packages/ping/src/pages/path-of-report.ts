import { isIP } from 'node:net';
import { STAGES, type Stage } from 'tentacle-protocol';
import { formatDuration, type MarkKind, shortThumbprint } from 'tentacle-protocol/cli';
import { catalogue } from 'tentacle-protocol/diagnostics';
import type { Path, PathHop, PathNode } from 'tentacle-protocol/html';
import type { FailureReport, Report } from '../report/report.js';
import { PEER_NAMES } from '../output/peer-names.js';

/** The path of a run: this machine, the resolver, the proxy, what is between, and the peer, with the broken part marked. */
export function pathOfReport(report: Report): Path {
  const { proxy, target } = report;
  // With a proxy, the proxy resolves the name.
  const isResolved = report.stages.dns !== undefined || stateOf('dns', report) === 'bad';
  const isLiteral = isIP(proxy.used ? (proxy.host ?? '') : target.host) !== 0;
  const resolver = isResolved && !isLiteral ? [{ hop: hopOf(['dns'], report), node: resolverNode(report) }] : [];
  const first = proxy.used ? [{ hop: hopOf(['tcp', 'proxy'], report), node: proxyNode(report) }] : [];
  return {
    first: thisMachine(report),
    rest: [
      ...resolver,
      ...first,
      { hop: hopOf(proxy.used ? [] : ['tcp'], report), node: betweenNode(report) },
      { hop: hopOf(['tls', 'identity', 'rpc', 'data', 'idle'], report), node: peerNode(report) },
    ],
  };
}

function thisMachine({ peer, records }: Report): PathNode {
  const local = records.find(({ localAddress }) => localAddress !== undefined)?.localAddress;
  return {
    name: 'This machine',
    details: [local ?? [], peer.ownThumbprint === '' ? [] : shortThumbprint(peer.ownThumbprint)].flat(),
    state: 'good',
  };
}

function resolverNode(report: Report): PathNode {
  const addresses = report.proxy.used ? report.proxy.addresses : report.peer.addresses;
  const found = addresses === undefined ? [] : [addresses.length === 1 ? '1 address' : `${addresses.length} addresses`];
  return { name: 'DNS resolver', details: found, state: stateOf('dns', report) };
}

function proxyNode(report: Report): PathNode {
  const { host = '', port = 0, user } = report.proxy;
  return {
    name: 'HTTP proxy',
    details: [`${host}:${port}`, ...(user === undefined ? [] : [`as ${user}`])],
    state: worst([stateOf('tcp', report), stateOf('proxy', report)]),
  };
}

/** What is known of devices between the two ends. */
function betweenNode({ attestation, otherEnd, verdict }: Report): PathNode {
  const translated = otherEnd?.status === 'compared' ? otherEnd.translated.map(({ address }) => address) : [];
  const nat = translated.length === 0 ? [] : [`translates to ${translated.slice(0, 2).join(', ')}`];
  if (attestation?.result === 'not-one-session' || verdict.id === 'trust.intercepted')
    return { name: 'Device in between', details: ['terminates TLS', ...nat], state: 'bad' };
  const isEndToEnd = attestation?.result === 'one-session';
  return {
    name: 'Network',
    details: [isEndToEnd ? 'TLS is end to end' : 'devices in between: not known', ...nat],
    state: isEndToEnd ? 'good' : 'none',
  };
}

function peerNode({ target, peer, attempts }: Report): PathNode {
  const { address, thumbprint } = peer;
  return {
    name: peer.kind === 'unknown' ? 'Peer' : PEER_NAMES[peer.kind],
    details: [
      `${target.host}:${target.port}`,
      ...(address === undefined || address === target.host ? [] : [address]),
      ...(thumbprint === undefined ? [] : [shortThumbprint(thumbprint)]),
    ],
    state: attempts.ok > 0 ? 'good' : 'none',
  };
}

function hopOf(stages: readonly Stage[], report: Report): PathHop {
  return {
    steps: stages.flatMap((stage) => {
      const state = stateOf(stage, report);
      const time = stage === 'idle' || stage === 'trust' ? undefined : report.stages[stage];
      if (state === 'none') return [];
      // A failure's id begins with its stage.
      const [failure] = failuresAt(stage, report).sort((a, b) => b.count - a.count);
      return [
        failure === undefined
          ? { name: stage, detail: formatDuration(time?.p50Us ?? 0), state }
          : { name: failure.id, state },
      ];
    }),
  };
}

/** `bad`: the verdict is about it, or most attempts that came this far failed here; `none`: no attempt came this far. */
function stateOf(stage: Stage, report: Report): MarkKind {
  const failures = failuresAt(stage, report);
  const failed = failures.reduce((sum, failure) => sum + failure.count, 0);
  const figures = stage === 'idle' || stage === 'trust' ? undefined : report.stages[stage];
  const passed = figures?.count ?? 0;
  if (failed === 0) return passed > 0 ? 'good' : 'none';
  const isHeadline = failures.some(({ id }) => id === report.verdict.id);
  return isHeadline || failed >= passed ? 'bad' : 'warning';
}

/** The failures that belong to a stage; those of trust show in TLS or with the identity. */
function failuresAt(stage: Stage, { failures }: Report): FailureReport[] {
  return failures.filter(({ id, evidence }) => stageOf(id, evidence) === stage);
}

function stageOf(id: string, { code }: FailureReport['evidence']): Stage | undefined {
  const row = catalogue.find((one) => one.id === id);
  if (row === undefined) return undefined;
  const own = STAGES.find((stage) => stage === row.stage);
  if (own === 'trust')
    return code.startsWith('ERR_SSL') ? 'tls' : row.shownAt.includes('identity') ? 'identity' : 'tls';
  return own ?? row.shownAt[0];
}

function worst(states: readonly MarkKind[]): MarkKind {
  return states.includes('bad') ? 'bad' : states.includes('warning') ? 'warning' : (states[0] ?? 'none');
}
