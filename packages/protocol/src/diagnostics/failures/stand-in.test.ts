import { describe, expect, it } from 'vitest';
import type { ConnectionFacts } from '../../trace.js';
import { catalogue, failureDefinition } from '../catalogue.js';
import { describeFailure } from '../describe-failure.js';
import { TENTACLE_LOG, isProductCommand } from '../product-commands.js';

/** Rows whose facts fit tentacle-pong as a listener, apart from those about what is before it, or about this machine. */
const LISTENER_ROWS = catalogue.filter(
  ({ example: { facts }, stage }) =>
    facts.peerRole === undefined && facts.peerKind === undefined && !['dns', 'proxy', 'local', 'poll'].includes(stage),
);

/** Errors that only the software of Octopus returns, and the legacy pair. */
const ABOUT_ANOTHER_PRODUCT = ['rpc.service-not-found', 'identity.legacy-pong', 'trust.web-octopus-certificate'];

describe('a failure of a peer that is known to be tentacle-pong', () => {
  it.each(LISTENER_ROWS.map(({ id }) => id).filter((id) => !ABOUT_ANOTHER_PRODUCT.includes(id)))(
    '%s has no step about a service, a log or a command of Octopus',
    (id) => {
      const { example } = failureDefinition(id);
      const { remediation } = describeFailure(id, { ...example, facts: { ...example.facts, peerKind: 'pong' } });
      for (const step of remediation) {
        expect(isProductCommand(step)).toBe(false);
        expect(step.windows ?? '').not.toContain('OctopusDeploy');
        expect(step.windows).not.toBe(TENTACLE_LOG.windows);
      }
    },
  );
});

describe('what the facts of a failure exclude', () => {
  const causesOf = (
    id: Parameters<typeof failureDefinition>[0],
    change: Partial<ConnectionFacts>,
    elapsedUs = 5000,
  ) => {
    const { signature, facts } = failureDefinition(id).example;
    const { diagnosis } = describeFailure(id, {
      signature: { ...signature, elapsedUs },
      facts: { ...facts, ...change },
    });
    return diagnosis.kind === 'ambiguous' ? diagnosis.causes : [];
  };

  it('a reset after milliseconds is not one of a peer that had given up', () => {
    const [early, late] = [causesOf('tls.reset', {}, 5000), causesOf('tls.reset', {}, 15_000_000)];
    expect(late.filter((cause) => !early.includes(cause))).toHaveLength(1);
    expect(early.filter((cause) => !late.includes(cause))).toHaveLength(0);
  });

  it('a handshake that also fails with a PROXY protocol header does not lack one', () => {
    for (const id of ['tls.closed', 'tls.reset'] as const) {
      const [untried, tried] = [causesOf(id, {}), causesOf(id, { isProxyHeaderExcluded: true })];
      expect(untried.filter((cause) => !tried.includes(cause))).toHaveLength(1);
    }
  });

  it('a silent peer whose page arrived runs, and a silent proxy is a cause', () => {
    const tls13 = { tlsVersion: 'TLSv1.3' };
    const unnamed = causesOf('identity.timeout', { ...tls13, peerKind: 'unknown' });
    const tentacle = causesOf('identity.timeout', { ...tls13, peerKind: 'tentacle' });
    expect(tentacle).toHaveLength(unnamed.length - 1);
    expect(causesOf('identity.timeout', { tlsVersion: 'TLSv1.2', peerKind: 'tentacle' })).toHaveLength(2);
    expect(causesOf('tls.silent', { proxy: { host: 'proxy.example', port: 3128 } })).toHaveLength(
      causesOf('tls.silent', {}).length + 1,
    );
  });

  it('an unexpected certificate has one cause where the page of pong names the certificate that arrived', () => {
    const { example } = failureDefinition('trust.unexpected-thumbprint');
    const own = 'B'.repeat(40);
    const ends = (change: Partial<ConnectionFacts>) => {
      const facts = { ...example.facts, ownThumbprint: own, ...change };
      const { diagnosis, remediation } = describeFailure('trust.unexpected-thumbprint', { ...example, facts });
      return [diagnosis.kind, remediation[0]?.who];
    };
    expect(ends({})).toEqual(['ambiguous', 'tentacle-admin']);
    expect(ends({ peerKind: 'pong' })).toEqual(['ambiguous', 'you']);
    expect(ends({ peerKind: 'pong', arrivedThumbprint: own })).toEqual(['conclusive', 'you']);
    expect(ends({ peerKind: 'pong', arrivedThumbprint: null })).toEqual(['conclusive', 'network-team']);
    expect(ends({ peerKind: 'pong', arrivedThumbprint: 'C'.repeat(40) })).toEqual(['conclusive', 'network-team']);
    expect(ends({ peerKind: 'tentacle', clientCertificateRequested: false })).toEqual(['conclusive', 'network-team']);
    expect(ends({ peerKind: 'web-server', clientCertificateRequested: false })).toEqual([
      'ambiguous',
      'tentacle-admin',
    ]);
  });
});
