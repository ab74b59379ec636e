import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { command } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';
import { pemOf, testIdentity } from '../identities.js';
import { itWith, program } from '../real-components.js';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pollOnce } from '../../packages/pong/src/poll/poll-once.js';
import { tlsPeer } from '../peers/tls-peer.js';
import { Talk } from '../peers/talk.js';
import { listening, pollRun, WATCHER } from './in-process.js';

async function tls(port: number, withCertificate = true): Promise<TLSSocket> {
  const own = withCertificate ? pemOf(await testIdentity('Octopus Tentacle')) : {};
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...own });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

function tcp(port: number): Socket {
  return connectTcp(port, '127.0.0.1').on('error', () => undefined);
}

/** One that has said that it polls, and has been answered. */
async function polling(port: number): Promise<TLSSocket> {
  const socket = await tls(port);
  socket.write('MX\r\n\r\nMX-SUBSCRIBER 1.0 poll://visitor/\r\n\r\n');
  await once(socket, 'data');
  return socket;
}

describe('who comes to a ping that listens', () => {
  itWith(program('curl'), 'curl gets the page, and the check of registration is named', async () => {
    const ping = await listening();
    const curl = (...args: string[]) =>
      promisify(execFile)('curl', ['-sk', '--http0.9', ...args, `https://127.0.0.1:${ping.port}/handshake`]);
    expect((await curl()).stdout).toContain('tentacle-ping is waiting for polling Tentacles');
    await ping.said(/A browser got the page/);
    expect((await curl('-X', 'POST')).stdout).toContain('<title>tentacle-ping 0.0.0-test</title>');
    await ping.said(/A check of registration got the page/);
    expect((await ping.end()).endings).toEqual({ page: 1, 'registration-check': 1 });
  });

  it('a ping that takes it for a Tentacle is told that it is a port for pollers', async () => {
    const ping = await listening();
    const { stdout, status } = await command('ping', [`127.0.0.1:${ping.port}`, '-c', '1', '--json']).ended;
    expect(status).toBe(1);
    const { verdict } = reportOf(stdout);
    expect(verdict.id).toBe('identity.octopus-server');
    expect(verdict.means).toContain('tentacle-ping --listen');
    await ping.said(/Came to call a Tentacle, and this is a port for pollers/);
    expect((await ping.end()).endings).toMatchObject({ 'poll.client': 1 });
  });

  it('noise, plain HTTP and silence are named, and harm nothing', async () => {
    const ping = await listening({}, { handshakeMs: 400 });
    tcp(ping.port).write(Buffer.alloc(100_000, 7));
    tcp(ping.port).write('GET / HTTP/1.1\r\n\r\n');
    tcp(ping.port);
    await ping.said(/Something else in place of TLS/);
    await ping.said(/Plain HTTP in place of TLS/);
    await ping.said(/Connected, and sent nothing in time/);
    const poller = await polling(ping.port);
    poller.destroy();
    await ping.said(/- poll:\/\/visitor\//);
    expect((await ping.end()).subscriptions.map(({ subscription }) => subscription)).toContain('poll://visitor/');
  });

  it('one without a certificate is refused, and it is said that TLS is not made by a Tentacle', async () => {
    const ping = await listening({ trust: ['B'.repeat(40)] });
    (await tls(ping.port, false)).write('MX\r\n\r\nMX-SUBSCRIBER 1.0 poll://x/\r\n\r\n');
    await ping.said(/came without a certificate/);
    const { verdict, refused } = await ping.end();
    expect(verdict.id).toBe('poll.no-certificate');
    expect(refused).toMatchObject([{ thumbprint: null, address: '127.0.0.1', count: 1 }]);
  });

  it('a poller that vanishes is lost, one that says nothing more is silent', async () => {
    const ping = await listening({ keepAliveUs: 1000 }, { stepMs: 300 });
    (await polling(ping.port)).destroy();
    await ping.said(/The connection of a poller was lost/);
    await polling(ping.port);
    await ping.said(/A poller fell silent/);
    expect((await ping.end()).endings).toMatchObject({ 'poll.lost': 1, 'poll.silent': 1 });
  });

  it('connections above the bound are closed at once', async () => {
    const ping = await listening({}, { connectionsMax: 1 });
    const held = await polling(ping.port);
    const turnedAway = tcp(ping.port);
    turnedAway.resume();
    await once(turnedAway, 'close');
    await ping.said(/too many connections are open/);
    expect(await ping.end()).toMatchObject({ connections: { total: 2, peak: 1 } });
    held.destroy();
  });
});

describe('what is polled', () => {
  const never = new AbortController().signal;

  it('says nothing any more: poll.silent, after a span that no server is silent for', async () => {
    const server = await tlsPeer(async (socket) => {
      const talk = new Talk(socket);
      for (let lines = 0; lines < 4; lines++) await talk.line();
      await talk.say('MX-SERVER 1.0\r\n\r\n');
    });
    const polled = await pollOnce(await pollRun(server.port, never), WATCHER, 100);
    expect(polled).toMatchObject({ outcome: 'poll.silent', wasTaken: true, keepAlives: 0 });
  });

  it('says that it ends', async () => {
    const server = await tlsPeer(async (socket) => {
      const talk = new Talk(socket);
      for (let lines = 0; lines < 4; lines++) await talk.line();
      await talk.say('MX-SERVER 1.0\r\n\r\n');
      // A null message.
      await talk.say(Buffer.from('e3636060e0f24d2d2e4e4c4f65600000', 'hex'));
      await talk.line();
      await talk.say('END\r\n');
    });
    const polled = await pollOnce(await pollRun(server.port, never), WATCHER);
    expect(polled.failure?.evidence.code ?? polled.outcome).toBe('POLL_ENDED');
  });
});
