import { once } from 'node:events';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { pollOnce } from '../../packages/pong/src/poller/poll-once.js';
import { loadCapture, type Side } from '../captures/load-capture.js';
import { pemOf, testIdentity } from '../identities.js';
import { tlsPeer } from '../peers/tls-peer.js';
import { OBSERVER, pollingContext, startPollingServer } from './in-process.js';

// The recording of the real library, replayed over TLS against the polling end and the listening end.
const RECORDING = loadCapture('polling-capabilities');

/** According to the README of the recordings. */
const RECORDED = { calls: { 'ICapabilitiesServiceV2.GetCapabilities': 2, other: 2 }, keepAlives: 4 };

function sent(from: Side): Buffer[] {
  return RECORDING.flatMap(({ from: side, bytes }) => (side === from && bytes !== undefined ? [bytes] : []));
}

it('pong polls the recorded server: it answers its calls and counts its keep-alives', async () => {
  let received = '';
  const turns = sent('listener').filter((bytes) => bytes.toString() === 'PROCEED\r\n').length;
  const server = await tlsPeer((socket) => {
    // All of its turns arrive at once, which a reader has to support.
    socket.once('data', () => socket.write(Buffer.concat(sent('listener'))));
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (received.split('NEXT\r\n').length > turns) socket.end();
    });
  });
  const polled = await pollOnce(await pollingContext(server.port, new AbortController().signal), OBSERVER);
  expect(polled).toMatchObject({ outcome: 'poll.closed', wasTaken: true, calls: RECORDED.calls });
  expect(polled.keepAlives).toBe(RECORDED.keepAlives);
  expect(polled.failure?.evidence).toMatchObject({ code: 'POLL_CLOSED', callsBefore: turns });
  expect(received.startsWith('MX\r\n\r\nMX-SUBSCRIBER 1.0 poll://golden/\r\n\r\n')).toBe(true);
});

it('ping is polled by the recorded Tentacle, which gets keep-alives and disconnects normally', async () => {
  const ping = await startPollingServer({ keepAliveUs: 1000 });
  const poller = connect({
    port: ping.port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ...pemOf(await testIdentity('Octopus Tentacle')),
  });
  await once(poller, 'secureConnect');
  const [preamble, identity, , next] = sent('connector');
  if (preamble === undefined || identity === undefined || next === undefined) throw new Error('the recording is empty');
  expect(next.toString()).toBe('NEXT\r\n');
  poller.write(preamble);
  poller.write(identity);
  const server = sent('listener');
  const nullMessage = server.find((bytes) => bytes.length < 20 && bytes[0] === 0xe3);
  let received = Buffer.alloc(0);
  let rounds = 0;
  poller.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    // A whole null message is at the end.
    if (nullMessage !== undefined && received.subarray(-nullMessage.length).equals(nullMessage)) {
      rounds++;
      if (rounds < 4) poller.write(next);
      else poller.end('END\r\n');
    }
  });
  await once(poller, 'close');
  const [hello = Buffer.alloc(0)] = server;
  const turn = Buffer.concat([nullMessage ?? Buffer.alloc(0), Buffer.from('PROCEED\r\n')]);
  expect(received.toString('latin1')).toBe(
    Buffer.concat([hello, turn, turn, turn, nullMessage ?? Buffer.alloc(0)]).toString('latin1'),
  );
  const report = await ping.end();
  expect(report.endings).toEqual({ 'poll.ended': 1 });
  expect(report.keepAlive?.count).toBe(3);
});
