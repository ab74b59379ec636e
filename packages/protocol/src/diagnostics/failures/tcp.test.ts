import { describe, expect, it } from 'vitest';
import { classify } from '../classify.js';
import { describeFailure } from '../describe-failure.js';
import { exampleSignature, type Observation } from '../failure-definition.js';
import type { ConnectionFacts } from '../../trace.js';

function observed(code: string, elapsedUs: number, facts: Partial<ConnectionFacts> = {}): Observation {
  return {
    signature: exampleSignature('tcp', code, { syscall: 'connect', elapsedUs }),
    facts: { host: 'web01.example', port: 10933, timeoutUs: 10_000_000, address: '10.0.0.1', ...facts },
  };
}

const reports = (count: number, address = '10.0.0.1') => ({ earlierReports: { address, count, fastestUs: 2_000 } });

describe('a report of an unreachable host', () => {
  it.each([
    ['at once', 'EHOSTUNREACH', 2_000, {}, 'tcp.rejected'],
    ['after the second packet', 'EHOSTUNREACH', 1_030_000, {}, 'tcp.rejected'],
    ['after a search for the machine', 'EHOSTUNREACH', 3_070_000, {}, 'tcp.host-down'],
    ['later than any search', 'EHOSTUNREACH', 7_100_000, {}, 'tcp.rejected'],
    ['after a search, one report at once before', 'EHOSTUNREACH', 3_070_000, reports(1), 'tcp.host-down'],
    ['after a search, two reports at once before', 'EHOSTUNREACH', 3_070_000, reports(2), 'tcp.rejected'],
    [
      'after a search, reports at another address before',
      'EHOSTUNREACH',
      3_070_000,
      reports(2, '10.0.0.2'),
      'tcp.host-down',
    ],
    ['not at all', 'CONNECT_TIMEOUT', 10_000_000, {}, 'tcp.timeout'],
    ['not at all, a report at once before', 'CONNECT_TIMEOUT', 10_000_000, reports(1), 'tcp.rejected'],
  ] as const)('that comes %s', (_, code, elapsedUs, facts, id) => {
    const observation = observed(code, elapsedUs, facts);
    expect(classify(observation).id).toBe(id);
    expect(describeFailure(id, observation).diagnosis.kind).toBe('ambiguous');
  });

  it('of which the fastest counts is described by the fastest', () => {
    expect(describeFailure('tcp.rejected', observed('EHOSTUNREACH', 7_100_000, reports(2))).explanation).toContain(
      '2 ms',
    );
  });
});

describe('a name with several addresses', () => {
  const addresses = ['10.0.0.1', '10.0.0.2'];
  const STEP = 'tentacle-ping web01.example:10933 --all-addresses';

  it('of which the first does not answer: names the one that was not tried, and how to test it', () => {
    const failedAddresses = [{ address: '10.0.0.1', code: 'CONNECT_TIMEOUT', elapsedUs: 10_000_000 }];
    const observation = observed('CONNECT_TIMEOUT', 10_000_000, { addresses, failedAddresses });
    const { explanation, remediation } = describeFailure('tcp.timeout', observation);
    expect(explanation).toContain('10.0.0.2');
    expect(remediation.map(({ linux }) => linux)).toContain(STEP);
  });

  it('of which all fail: names how the other one failed', () => {
    const failedAddresses = [
      { address: '10.0.0.2', code: 'ECONNREFUSED', elapsedUs: 4_000 },
      { address: '10.0.0.1', code: 'EHOSTUNREACH', elapsedUs: 3_070_000 },
    ];
    const { explanation } = describeFailure(
      'tcp.host-down',
      observed('EHOSTUNREACH', 3_070_000, { addresses, failedAddresses }),
    );
    expect(explanation).toMatch(/10\.0\.0\.2\b.*\b4 ms/);
  });

  it('with one address has no word about others', () => {
    const { remediation } = describeFailure(
      'tcp.timeout',
      observed('CONNECT_TIMEOUT', 10_000_000, { addresses: ['10.0.0.1'] }),
    );
    expect(remediation.map(({ linux }) => linux)).not.toContain(STEP);
  });
});

describe('an address of a special range', () => {
  it.each([
    ['169.254.7.7', 'tcp.timeout'],
    ['192.0.2.7', 'tcp.timeout'],
    ['100.64.0.7', 'tcp.timeout'],
    ['100.127.255.7', 'tcp.timeout'],
    ['198.18.0.7', 'tcp.timeout'],
    ['240.0.0.7', 'tcp.timeout'],
  ] as const)('%s is named as such, and the owner of the record is asked', (address, id) => {
    const { explanation, remediation } = describeFailure(id, observed('CONNECT_TIMEOUT', 10_000_000, { address }));
    expect(explanation.split(address).length).toBeGreaterThan(2);
    expect(remediation.some(({ who }) => who === 'dns-owner')).toBe(true);
  });

  it.each(['100.63.0.7', '100.128.0.7', '10.0.0.7', '192.0.3.7', '2001:db9::7', 'fec0::7'])('%s is not', (address) => {
    const { remediation } = describeFailure('tcp.timeout', observed('CONNECT_TIMEOUT', 10_000_000, { address }));
    expect(remediation.some(({ who }) => who === 'dns-owner')).toBe(false);
  });
});

describe('a name that leads to this machine', () => {
  it.each([
    ['ECONNREFUSED', 'loopback', 'dns.local-address'],
    ['ECONNREFUSED', 'own-address', 'dns.local-address'],
    ['ECONNREFUSED', 'as-named', 'tcp.refused'],
    ['EADDRNOTAVAIL', 'loopback', 'dns.local-address'],
    ['EADDRNOTAVAIL', undefined, 'local.no-source-address'],
    ['CONNECT_TIMEOUT', 'loopback', 'dns.local-address'],
    ['EMFILE', 'loopback', 'local.exhausted'],
  ] as const)('%s, %s: %s', (code, thisMachine, id) => {
    const facts = thisMachine === undefined ? {} : { thisMachine };
    expect(classify(observed(code, 1_000, { address: '0.0.0.0', ...facts })).id).toBe(id);
  });
});
