import type { Lab } from '../lab.js';
import { greeter, halibut, TENTACLE, tlsServer } from '../node-servers.js';
import type { Scenario } from '../scenario.js';
import { at, certificate, type Files, stunnel } from '../servers.js';

const server = (lab: Lab): Promise<Files> => certificate(lab, 'Octopus Portal');

const SERVER_PAGE =
  '<html><head><title>Octopus Server</title></head><body><p>Octopus Server is running; this port is for polling Tentacles.</p></body></html>';

/** Starts a TLS server that reads lines up to an empty one and sends this reply. @returns its port. */
async function fixedReplyServer(lab: Lab, reply: string, options = {}, certificateOptions = {}): Promise<number> {
  const files = await certificate(lab, 'TentaclePong', certificateOptions);
  return tlsServer(lab, files, options, (socket) => {
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (/\n\r?\n/.test(received)) socket.end(reply);
    });
  });
}

/** The reply of the original TentaclePong: a status line, headers, then 10 KiB of one letter. */
const ORIGINAL = `HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: 10240\r\n\r\n${'A'.repeat(10_240)}`;

export const wrongPeerScenarios: readonly Scenario[] = [
  {
    id: '60-octopus-server',
    title: 'an Octopus Server uses the port, not a Tentacle',
    needs: ['openssl'],
    measured: 'identity.octopus-server',
    variants: [
      {
        name: 'it does not trust the client and closes',
        start: async (lab) => at(await halibut(lab, await server(lab), { page: SERVER_PAGE, trusts: false })),
      },
      {
        name: 'it does not trust the client and closes, TLS 1.2, pinned',
        start: async (lab) => {
          const files = await server(lab);
          const page = '<html><body><h1>Octopus Deploy Server configured successfully</h1></body></html>';
          const port = await halibut(lab, files, { page, trusts: false }, { maxVersion: 'TLSv1.2' });
          return { args: [`localhost:${port}`, '--thumbprint', files.thumbprint] };
        },
      },
      {
        name: 'it trusts the client and does not have the service',
        start: async (lab) => at(await halibut(lab, await server(lab), { page: SERVER_PAGE, trusts: true })),
      },
    ],
  },
  {
    id: '61-no-such-service',
    title: 'a Halibut service without the services of a Tentacle',
    needs: ['openssl'],
    measured: 'rpc.service-not-found',
    variants: ['TLSv1.2', 'TLSv1.3'].map((maxVersion) => ({
      name: maxVersion,
      start: async (lab: Lab) =>
        at(
          await halibut(
            lab,
            await certificate(lab, 'old'),
            { page: TENTACLE.page, trusts: true },
            {
              maxVersion: maxVersion as 'TLSv1.2' | 'TLSv1.3',
            },
          ),
        ),
    })),
  },
  {
    id: '61-same-part',
    title: 'the peer has the same role as ping',
    needs: ['openssl'],
    measured: 'identity.unexpected-role',
    variants: [
      { name: 'a client', start: async (lab) => at(await fixedReplyServer(lab, 'MX-CLIENT 1.0\r\n\r\n')) },
      {
        name: 'a polling Tentacle',
        start: async (lab) =>
          at(await fixedReplyServer(lab, 'MX-SUBSCRIBER 1.0 poll://abc/\r\n\r\n', { maxVersion: 'TLSv1.2' })),
      },
    ],
  },
  {
    id: '62-original-pong',
    title: 'the original TentaclePong uses the port',
    needs: ['openssl'],
    measured: 'ok',
    diagnosed: 'identity.legacy-pong',
    variants: [
      { name: 'with TLS 1.3', start: async (lab) => at(await fixedReplyServer(lab, ORIGINAL)) },
      {
        name: 'with TLS 1.2, by name, without headers',
        start: async (lab) => ({
          args: [
            `localhost:${await fixedReplyServer(lab, `HTTP/1.0 200 OK\r\n\r\n${'A'.repeat(10_240)}\r\n`, { maxVersion: 'TLSv1.2' })}`,
          ],
        }),
      },
    ],
  },
  {
    id: '62-original-pong-old',
    title: 'the original TentaclePong with TLS 1.0 and a weak certificate',
    needs: ['openssl'],
    measured: 'tls.version',
    diagnosed: 'identity.legacy-pong',
    variants: [
      { bits: 'rsa:1024', maxVersion: 'TLSv1' },
      { bits: 'rsa:2048', maxVersion: 'TLSv1.1' },
    ].map(({ bits, maxVersion }) => ({
      name: `${maxVersion}, ${bits}`,
      start: async (lab: Lab) => {
        const options = { minVersion: 'TLSv1', maxVersion, ciphers: 'ALL:@SECLEVEL=0' };
        return at(await fixedReplyServer(lab, ORIGINAL, options, { newkey: [bits], digest: 'sha1' }));
      },
    })),
  },
  {
    id: '62-original-pong-let',
    title: 'the original TentaclePong with TLS 1.0, which ping accepts',
    needs: ['openssl'],
    measured: 'ok',
    diagnosed: 'identity.legacy-pong',
    variants: [
      { bits: 'rsa:1024', maxVersion: 'TLSv1', least: '1.0' },
      { bits: 'rsa:2048', maxVersion: 'TLSv1.1', least: '1.1' },
    ].map(({ bits, maxVersion, least }) => ({
      name: `${maxVersion}, ${bits}`,
      start: async (lab: Lab) => {
        const options = { minVersion: 'TLSv1', maxVersion, ciphers: 'ALL:@SECLEVEL=0' };
        const port = await fixedReplyServer(lab, ORIGINAL, options, { newkey: [bits], digest: 'sha1' });
        return at(port, '--tls-min', least);
      },
    })),
  },
  {
    id: '62-other-tls-service',
    title: 'another TLS service uses the port',
    needs: ['openssl', 'stunnel4'],
    measured: 'identity.unknown',
    variants: [
      {
        name: 'IMAP behind stunnel',
        start: async (lab) => {
          const imap = await greeter(lab, '* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n');
          const { pem } = await certificate(lab, 'mail.example');
          return at(await stunnel(lab, [`cert = ${pem}`, 'accept = 127.0.0.1:PORT', `connect = 127.0.0.1:${imap}`]));
        },
      },
      {
        name: 'a server that replies with binary data',
        start: async (lab) => at(await fixedReplyServer(lab, '\u0000\u0001\u0002 not a known line \r\n')),
      },
    ],
  },
];
