import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createIdentity } from '../../packages/protocol/src/index.js';
import { TEST_KEY } from '../identities.js';
import { httpAnswer, proxyThatSays } from '../peers/proxies.js';
import { CAPABILITIES, responseBytes, ServiceConnection } from '../peers/service-connection.js';
import { tcpPeer } from '../peers/tcp-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';
import { command, type Ended, startPong } from './command.js';

/** ESC, an OSC title, C1, bidi, zero width, a Unicode line end, and a carriage return; whoever shows it raw is fooled. */
const HOSTILE = '\u001b[2J\u001b]0;x\u0007\u009b31m\u202egnp\u200b\u2028\u2029\ufeff\r';

/** What no output may contain; line ends are the programs' own. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function expectSafe({ stdout, stderr }: Ended): void {
  expect(UNSAFE.exec(stdout)).toBeNull();
  expect(UNSAFE.exec(stderr)).toBeNull();
  expect(stdout + stderr).not.toBe('');
}

/** A certificate whose names contain such text: put into the finished bytes, because no tool writes them. */
async function hostileCertificate(): Promise<{ cert: string; key: string }> {
  const bytes = Buffer.from(HOSTILE);
  const placeholder = 'h'.repeat(bytes.length);
  const { der } = await createIdentity({ commonName: placeholder, key: TEST_KEY });
  for (let at = der.indexOf(placeholder); at >= 0; at = der.indexOf(placeholder, at + 1)) bytes.copy(der, at);
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, key: TEST_KEY };
}

/** Answers every call with hostile names, and every other request with a hostile page. */
async function hostilePeer(
  result: Parameters<typeof responseBytes>[1],
  error: Parameters<typeof responseBytes>[2] = null,
) {
  const serve = async (connection: ServiceConnection): Promise<void> => {
    const first = await connection.readLine();
    while ((await connection.readLine()) !== '');
    if (first !== 'MX') {
      await connection.send(
        httpAnswer(`200 ${HOSTILE}`, [`Server: ${HOSTILE}`], `<title>${HOSTILE}</title>${HOSTILE}`),
      );
      connection.socket.end();
      return;
    }
    await connection.readLine();
    await connection.readLine();
    await connection.send('MX-SERVER 1.0\r\n\r\n');
    for (;;) {
      await connection.send(responseBytes(await connection.readRequest(), result, error));
      if ((await connection.readLine()) !== 'NEXT') break;
      await connection.send('PROCEED\r\n');
    }
    connection.socket.end();
  };
  return tlsPeer(
    (socket) => {
      serve(new ServiceConnection(socket)).catch(() => socket.destroy());
    },
    await hostileCertificate(),
  );
}

const ERROR = { message: HOSTILE, details: HOSTILE, HalibutErrorType: null };
const VIEW = {
  connectionId: HOSTILE,
  address: HOSTILE,
  port: 1,
  tlsVersion: HOSTILE,
  cipher: HOSTILE,
  clientThumbprint: HOSTILE,
  pongVersion: HOSTILE,
};
const NAMES = { ...(CAPABILITIES as object), SupportedCapabilities: [`I${HOSTILE}`, 'IScriptService'] };

describe('text of a peer acts on no terminal', () => {
  it.each([
    ['capabilities', NAMES, null],
    ['a view of the connection', VIEW, null],
    ['an error', null, ERROR],
  ] as const)('%s', async (_, result, error) => {
    const { port } = await hostilePeer(result, error);
    const host = `127.0.0.1:${port}`;
    for (const args of [
      [host, '-c', '1'],
      [host, '-c', '1', '--json'],
      ['diagnose', host],
      ['diagnose', host, '--json'],
    ])
      expectSafe(await command('ping', args).ended);
  });

  it('its first bytes, without TLS', async () => {
    const peer = await tcpPeer((socket) => socket.end(`SSH-2.0-${HOSTILE}\r\n`));
    for (const format of [[], ['--json']])
      expectSafe(await command('ping', [`127.0.0.1:${peer.port}`, '-c', '1', ...format]).ended);
  });

  it("a proxy's answer", async () => {
    const page = httpAnswer(
      `407 ${HOSTILE}`,
      [`Proxy-Authenticate: ${HOSTILE} realm="${HOSTILE}"`, `Server: ${HOSTILE}`, `X-Squid-Error: ${HOSTILE}`],
      `<title>${HOSTILE}</title>`,
    );
    const { port } = await proxyThatSays(page);
    for (const format of [[], ['--json']]) {
      const args = ['tentacle.example', '-c', '1', '--proxy', `http://127.0.0.1:${port}`, ...format];
      expectSafe(await command('ping', args).ended);
    }
  });

  it("a client's, in pong's log, summary and records", async () => {
    const pong = await startPong('--bind', '127.0.0.1', '--log-level', 'debug');
    const certificate = await hostileCertificate();
    for (const text of [
      `GET /${HOSTILE} HTTP/1.1\r\nHost: ${HOSTILE}\r\n\r\n`,
      `MX\r\n\r\nMX-SUBSCRIBER 1.0 poll://${HOSTILE}/\r\n\r\n`,
      `MX\r\n\r\n${HOSTILE}\r\n\r\n`,
    ]) {
      const socket = connect({
        port: pong.port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ...certificate,
      });
      socket.on('error', () => undefined);
      socket.end(text);
      socket.resume();
      await once(socket, 'close');
    }
    pong.process.kill();
    expectSafe(await pong.ended);
  });
});

describe('text of a file or an argument acts on no terminal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'terminal-safety-'));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it.each([
    [
      'a log',
      ['explain', file('log.txt', `2026-01-31 12:00:00.0000  ERROR  ${HOSTILE} Connection refused ${HOSTILE}\n`)],
    ],
    ['a message', ['explain', `actively refused it ${HOSTILE}`]],
    ['an id', ['explain', `tcp.${HOSTILE}`]],
    ['a report', ['compare', file('a.json', JSON.stringify({ schema: HOSTILE })), file(`b.json`, '{}')]],
    ['targets', ['--targets', file('targets.txt', `host${HOSTILE}name\n`), '-c', '1']],
    ['a host', [`host${HOSTILE}`, '-c', '1']],
    ['an option', [`--${HOSTILE}`]],
    ['a value', ['127.0.0.1:1', '--count', HOSTILE]],
    ['a path', ['127.0.0.1:1', '--pfx', join(folder, HOSTILE)]],
    ['a proxy', ['127.0.0.1:1', '--proxy', `http://${HOSTILE}`]],
  ])('%s', async (_, args) => {
    const ended = await command('ping', args).ended;
    expectSafe(ended);
    expectSafe({ ...(await command('ping', [...args, '--json']).ended), status: 0 });
  });

  it.each([
    ['a thumbprint', ['--trust', HOSTILE]],
    ['an address', ['--bind', HOSTILE]],
    ['a server', ['--poll', `host${HOSTILE}`]],
  ])('%s of pong', async (_, args) => {
    expectSafe(await command('pong', [...args, '--port', '0']).ended);
  });
});
