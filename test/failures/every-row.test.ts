import { describe, expect, it } from 'vitest';
import { catalogue, type FailureId } from '../../packages/protocol/src/diagnostics/index.js';
import { dataCases } from './data.cases.js';
import { dnsCases } from './dns.cases.js';
import { idleCases } from '../idle/idle.cases.js';
import { proxyResponseCases } from '../proxy/response.cases.js';
import { proxyConnectionCases } from '../proxy/connection.cases.js';
import { realProxyCases } from '../proxy/real.cases.js';
import { identityCases } from './identity.cases.js';
import { localCases } from './local.cases.js';
import { rpcCases } from './rpc.cases.js';
import { tcpCases } from './tcp.cases.js';
import { tlsCases } from './tls.cases.js';
import { trustCases } from './trust.cases.js';

const cases = [
  ...localCases,
  ...dnsCases,
  ...tcpCases,
  ...tlsCases,
  ...trustCases,
  ...identityCases,
  ...rpcCases,
  ...dataCases,
  ...idleCases,
  ...proxyConnectionCases,
  ...proxyResponseCases,
  ...realProxyCases,
];

/** Failures that no test here provokes, each with the reason. */
const notProvoked: Partial<Record<FailureId, string>> = {
  'data.other': 'an unknown code needs a network that rejects packets in transit (test/data provokes it)',
  'data.path-mtu': 'one transfer cannot show it; a search over sizes can (test/data provokes it)',
  'dns.failed': 'glibc maps FORMERR, NOTIMP and all higher codes to not found or try again; musl and Windows do not',
  'dns.partial': 'one attempt tries one address; diagnose tries all of them (test/lab provokes it)',
  'tcp.unreachable': 'Linux returns its codes for no TCP connection that a test can set up; Windows and BSD do',
  'poll.wrong-role': 'not from one attempt of ping (test/polling provokes it)',
  'poll.connection-limit': 'not from one attempt of ping (test/polling provokes it)',
  'poll.closed': 'not from one attempt of ping (test/polling provokes it)',
  'poll.silent': 'not from one attempt of ping (test/polling provokes it)',
  'poll.no-poller': 'not from one attempt of ping (test/polling provokes it)',
  'poll.not-collected': 'not from one attempt of ping (test/polling provokes it)',
  'poll.shared-subscription': 'not from one attempt of ping (test/polling provokes it)',
  'poll.refused': 'not from one attempt of ping (test/polling provokes it)',
  'poll.unexpected-thumbprint': 'not from one attempt of ping (test/polling provokes it)',
  'poll.connections-lost': 'not from one attempt of ping (test/polling provokes it)',
  'poll.several-servers': 'not from one attempt of ping (test/polling provokes it)',
  'poll.web-server': 'not from one attempt of ping (test/polling provokes it)',
  'poll.no-certificate': 'not from one attempt of ping (test/polling provokes it)',
  'trust.client-certificate-missing': 'diagnose derives it from the page of a pong (test/lab provokes it)',
  'trust.client-certificate-replaced': 'diagnose derives it from the page of a pong (test/lab provokes it)',
  ...Object.fromEntries(
    catalogue
      .filter(({ id }) => id.startsWith('trust.web-'))
      .map(({ id }) => [id, 'diagnose judges the certificate of a web server (test/diagnose provokes it)']),
  ),
  'identity.octopus-portal': 'its page is fetched beside the attempt (test/diagnose provokes it)',
  'attestation.wrong-key': 'belongs to a whole run, from the attestation of pong (test/attestation provokes it)',
  'attestation.invalid': 'belongs to a whole run, from the attestation of pong (test/attestation provokes it)',
  'attestation.missing': 'belongs to a whole run, from the attestation of pong (test/attestation provokes it)',
};

describe('every failure of the catalogue', () => {
  it('is provoked for real, or has a reason why not', () => {
    const provoked = new Set<string>([...cases.map(({ id }) => id), ...Object.keys(notProvoked)]);
    expect(catalogue.map(({ id }) => id).filter((id) => !provoked.has(id))).toEqual([]);
    expect(Object.keys(notProvoked).filter((id) => cases.some((provocation) => provocation.id === id))).toEqual([]);
  });

  it('is observed only in the stages that it declares', () => {
    const shown = new Set(cases.map(({ id, shownAt }) => `${id} at ${shownAt ?? id.split('.')[0] ?? ''}`));
    const declared = catalogue.flatMap(({ id, shownAt }) => shownAt.map((stage) => `${id} at ${stage}`));
    expect([...shown].filter((showing) => !declared.includes(showing))).toEqual([]);
  });

  it('has provocations with distinct names', () => {
    const names = cases.map(({ id, by }) => `${id} by ${by}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
