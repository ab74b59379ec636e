import { describe, expect, it } from 'vitest';
import { TransportError } from '../net/transport-error.js';
import { WireError } from '../halibut/wire-error.js';
import { InboundConnection } from './inbound-connection.js';
import { RejectedConnectionError } from './rejected-connection-error.js';

const SOCKET = { remoteAddress: '::ffff:192.0.2.7', remotePort: 50123, localAddress: '::1', localPort: 10933 };

function accepted(): InboundConnection {
  return new InboundConnection(SOCKET, 'tentacle');
}

describe('InboundConnection', () => {
  it('starts with the addresses of its socket, as people write them', () => {
    expect(accepted().facts).toEqual({
      address: '192.0.2.7',
      port: 50123,
      localAddress: '::1',
      localPort: 10933,
    });
  });

  it('keeps the time of each phase that completes, and stays in the phase that fails', async () => {
    const connection = accepted();
    expect(await connection.stage('tls', () => Promise.resolve('done'))).toBe('done');
    expect(connection.observe(undefined).phase).toBe('tls');
    await expect(
      connection.stage('trust', () => {
        throw new RejectedConnectionError('REFUSED_THUMBPRINT');
      }),
    ).rejects.toThrow();
    expect(connection.completedStages).toEqual([{ stage: 'tls', durationUs: expect.any(Number) as number }]);
    expect(connection.observe(undefined).phase).toBe('trust');
    connection.enterStage('rpc');
    expect(connection.observe(undefined).phase).toBe('rpc');
    expect(connection.completedStages).toHaveLength(1);
  });

  it('counts calls by name, and takes the activity id of the first call only', () => {
    const connection = accepted();
    connection.callStarted('first');
    expect(connection.observe(undefined)).toMatchObject({ calls: 0, inCall: true });
    connection.callCompleted('a.b');
    connection.callStarted('second');
    connection.callCompleted('a.b');
    expect(connection.calls).toEqual({ 'a.b': 2 });
    expect(connection.facts.activityId).toBe('first');
    expect(connection.observe(undefined)).toMatchObject({ calls: 2, inCall: false });
  });

  it.each<[string, (connection: InboundConnection) => void, string]>([
    ['the peer', (connection) => connection.peerClosed(), 'remote'],
    ['a reset', (connection) => connection.failed(Object.assign(new Error(), { code: 'EPIPE' })), 'remote-reset'],
    ['the listener', () => undefined, 'local'],
  ])('attributes the close to what happened first: %s', (_name, act, closedBy) => {
    const connection = accepted();
    expect(connection.closedBy).toBeUndefined();
    act(connection);
    connection.ended(Object.assign(new Error(), { code: 'OTHER' }));
    connection.peerClosed();
    expect(connection.closedBy).toBe(closedBy);
  });

  it.each<[string, unknown, object]>([
    ['no error', undefined, { receivedBytes: 0 }],
    ['the protocol', new WireError('TOO_LONG', 'x', 'y', Buffer.alloc(0), 7), { code: 'TOO_LONG', receivedBytes: 7 }],
    ['the transport', new TransportError('TLS_TIMEOUT', 'x'), { code: 'TLS_TIMEOUT' }],
    ['the listener', new RejectedConnectionError('TOO_MANY_POLLERS'), { code: 'TOO_MANY_POLLERS' }],
    ['the system', Object.assign(new Error(), { code: 'ECONNRESET' }), { code: 'ECONNRESET' }],
    ['OpenSSL', Object.assign(new Error(), { code: 'ERR_SSL_X' }), { code: 'ERR_SSL_X' }],
    ['misuse of Node', Object.assign(new Error('m'), { code: 'ERR_X' }), { code: 'OWN_BUG', bug: 'Error: m' }],
    ['a bug', new TypeError('m'), { code: 'OWN_BUG', bug: 'TypeError: m' }],
    ['something that is not an Error', 'text', { code: 'OWN_BUG', bug: expect.any(String) as string }],
  ])('observes an error by its code: %s', (_name, error, expected) => {
    const observation = accepted().observe(error);
    expect(observation).toMatchObject(expected);
    expect('code' in observation).toBe('code' in expected);
  });
});
