import { describe, expect, it } from 'vitest';
import { catalogue, type FailureId } from '../../packages/protocol/src/index.js';
import { dataCases } from './data.cases.js';
import { dnsCases } from './dns.cases.js';
import { idleCases } from '../idle/idle.cases.js';
import { proxyAnswerCases } from '../proxy/answer.cases.js';
import { proxyLegCases } from '../proxy/leg.cases.js';
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
  ...proxyLegCases,
  ...proxyAnswerCases,
  ...realProxyCases,
];

/** Rows that no test provokes for real, each with the reason why it cannot be. */
const notProvoked: Partial<Record<FailureId, string>> = {
  'data.other': 'a code that no row knows takes a network that is rejected on the way (test/data provokes it)',
  'data.path-mtu': 'one transfer cannot tell it; a ladder of sizes can (test/data provokes it)',
  'dns.failed': 'glibc reads FORMERR, NOTIMP and all higher codes as not found or try again; musl and Windows do not',
  'dns.partial': 'one attempt tries one address; diagnose tries all of them (test/lab provokes it)',
  'tcp.unreachable': 'Linux gives its codes to no TCP connection that can be made here; Windows and BSD do',
  'poll.wrong-role': 'not of one attempt of ping (test/polling provokes it)',
  'poll.connection-limit': 'not of one attempt of ping (test/polling provokes it)',
  'poll.closed': 'not of one attempt of ping (test/polling provokes it)',
  'poll.silent': 'not of one attempt of ping (test/polling provokes it)',
  'poll.nobody': 'not of one attempt of ping (test/polling provokes it)',
  'poll.not-collected': 'not of one attempt of ping (test/polling provokes it)',
  'poll.duplicate': 'not of one attempt of ping (test/polling provokes it)',
  'poll.refused': 'not of one attempt of ping (test/polling provokes it)',
  'poll.no-certificate': 'not of one attempt of ping (test/polling provokes it)',
  'trust.client-certificate-missing': 'told by what a pong says it sees, in diagnose (test/lab provokes it)',
  'trust.client-certificate-replaced': 'told by what a pong says it sees, in diagnose (test/lab provokes it)',
  'trust.pong-key': 'told of a whole run, by what pong attests (test/attestation provokes it)',
  'trust.attestation-not-valid': 'told of a whole run, by what pong attests (test/attestation provokes it)',
  'trust.no-attestation': 'told of a whole run, by what pong attests (test/attestation provokes it)',
};

describe('every row of the catalogue', () => {
  it('is provoked for real, or it is said why not', () => {
    const provoked = new Set<string>([...cases.map(({ id }) => id), ...Object.keys(notProvoked)]);
    expect(catalogue.map(({ id }) => id).filter((id) => !provoked.has(id))).toEqual([]);
    expect(Object.keys(notProvoked).filter((id) => cases.some((provocation) => provocation.id === id))).toEqual([]);
  });

  it('shows wherever it says that it may show', () => {
    const shown = new Set(cases.map(({ id, shownAt }) => `${id} at ${shownAt ?? id.split('.')[0] ?? ''}`));
    const declared = catalogue.flatMap(({ id, shownAt }) => shownAt.map((stage) => `${id} at ${stage}`));
    expect([...shown].filter((showing) => !declared.includes(showing))).toEqual([]);
  });

  it('is provoked in ways that can be told apart', () => {
    const names = cases.map(({ id, by }) => `${id} by ${by}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
