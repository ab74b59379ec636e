import { describe, expect, it } from 'vitest';
import { healthyPeer } from '../peers/service-peer.js';
import { attempt } from './attempt.js';

describe('a healthy path is not a failure', () => {
  it.each([
    ['over TLS 1.3', {}, {}],
    ['over TLS 1.2', { maxVersion: 'TLSv1.2' }, {}],
    ['with a matching pin', {}, 'pinned'],
    ['without capturing bytes', {}, { captureFirstBytes: false }],
    ['by name', {}, { host: 'localhost' }],
    ['with three calls on one connection', {}, { calls: 3 }],
  ] as const)('%s', async (_, peerOptions, options) => {
    const peer = await healthyPeer(peerOptions);
    const { error, failure, trace } = await attempt(
      peer.port,
      options === 'pinned' ? { expectedThumbprint: peer.thumbprint } : options,
    );
    expect(error).toBeUndefined();
    expect(failure).toBeUndefined();
    const stages = trace.completedStages.map(({ stage }) => stage).filter((stage) => stage !== 'dns');
    const calls = options !== 'pinned' && 'calls' in options ? options.calls : 1;
    expect(stages).toEqual(['tcp', 'tls', 'trust', 'identity', ...Array<string>(calls).fill('rpc')]);
    expect(trace.facts.peerCertificate?.thumbprint).toBe(peer.thumbprint);
    await peer.allGone();
  });
});
