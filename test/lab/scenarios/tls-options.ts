import { constants } from 'node:crypto';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { greeter, halibut, TENTACLE, tcpServer, tlsServer } from '../node-servers.js';
import type { Lab } from '../lab.js';
import type { Scenario } from '../scenario.js';
import { at, certificate, type CertificateOptions, type Files, nginx, openssl } from '../servers.js';

const OLD = 'ALL:@SECLEVEL=0';

const tentacle = (lab: Lab, options: CertificateOptions = {}): Promise<Files> =>
  certificate(lab, 'Octopus Tentacle', options);

/** Starts a pong with this certificate. @returns its port. */
async function pongWith(lab: Lab, files: Files): Promise<number> {
  const identityFile = join(lab.directory, 'tentacle-pong', 'identity.pem');
  await copyFile(files.pem, identityFile);
  await chmod(identityFile, 0o600);
  return lab.pong();
}

const alert = (number: number): Buffer => Buffer.of(21, 3, 3, 0, 2, 2, number);

/** Starts nginx that chooses between pong, a closed port and a web site by the TLS server name. @returns its port. */
async function byName(lab: Lab, names: (pong: string, closed: string, site: string) => string): Promise<number> {
  const pong = `127.0.0.1:${await lab.pong()}`;
  const { cert, key } = await certificate(lab, 'www.example');
  const http = `server { listen PORT ssl; ssl_certificate ${cert}; ssl_certificate_key ${key}; return 200; }`;
  const site = `127.0.0.1:${await nginx(lab, { http })}`;
  const closed = `127.0.0.1:${await lab.freePort()}`;
  return nginx(lab, {
    stream: `map $ssl_preread_server_name $to { ${names(pong, closed, site)} } server { listen PORT; ssl_preread on; proxy_pass $to; }`,
  });
}

export const tlsOptionScenarios: readonly Scenario[] = [
  {
    id: '30-old-tls',
    title: 'the peer supports only TLS below 1.2',
    needs: ['openssl'],
    measured: 'tls.version',
    variants: [
      {
        name: 'openssl with TLS 1.0',
        start: async (lab) => at(await openssl(lab, await tentacle(lab), ['-tls1', '-cipher', OLD])),
      },
      {
        name: 'openssl with TLS 1.1',
        start: async (lab) => at(await openssl(lab, await tentacle(lab), ['-tls1_1', '-cipher', OLD])),
      },
      {
        name: 'Node with TLS 1.0 and 1.1, by name',
        start: async (lab) => {
          const options = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: OLD } as const;
          return { args: [`localhost:${await halibut(lab, await tentacle(lab), TENTACLE, options)}`] };
        },
      },
    ],
  },
  {
    id: '31-unusable-certificate',
    title: 'the peer rejects every version, like one with an unusable certificate',
    needs: ['openssl'],
    measured: 'tls.version',
    variants: [
      {
        name: 'Node with every version disabled',
        start: async (lab) => {
          const { SSL_OP_NO_TLSv1, SSL_OP_NO_TLSv1_1, SSL_OP_NO_TLSv1_2, SSL_OP_NO_TLSv1_3 } = constants;
          const secureOptions = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3;
          return at(await tlsServer(lab, await tentacle(lab), { secureOptions }, () => undefined));
        },
      },
      {
        // CapturedRead from the real library with a certificate of RSA-1024 under OpenSSL 3.
        name: 'the alert of the real library with an RSA-1024 certificate',
        start: async (lab) => at(await greeter(lab, alert(70), true)),
      },
    ],
  },
  {
    id: '34-no-suite',
    title: 'no cipher suite, group or signature algorithm in common',
    needs: ['openssl', 'nginx'],
    measured: 'tls.no-common-parameters',
    variants: [
      {
        name: 'openssl with suites for another kind of certificate',
        start: async (lab) =>
          at(await openssl(lab, await tentacle(lab), ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'])),
      },
      {
        name: 'Node with anonymous suites',
        start: async (lab) => {
          const options = { maxVersion: 'TLSv1.2', ciphers: 'ADH-AES128-SHA:@SECLEVEL=0' } as const;
          return at(await tlsServer(lab, await tentacle(lab), options, () => undefined));
        },
      },
      {
        name: 'openssl with signatures by SHA-1 in TLS 1.3',
        start: async (lab) => at(await openssl(lab, await tentacle(lab), ['-tls1_3', '-sigalgs', 'RSA+SHA1'])),
      },
      {
        name: 'openssl with a brainpool curve',
        start: async (lab) =>
          at(await openssl(lab, await tentacle(lab), ['-tls1_2', '-curves', 'brainpoolP256r1', '-cipher', 'ECDHE'])),
      },
      {
        name: 'nginx with suites for another kind of certificate',
        start: async (lab) => {
          const { cert, key } = await certificate(lab, 'gateway.example');
          const tls = `ssl_certificate ${cert}; ssl_certificate_key ${key}; ssl_protocols TLSv1.2; ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384;`;
          return at(await nginx(lab, { stream: `server { listen PORT ssl; ${tls} return ok; }` }));
        },
      },
    ],
  },
  {
    id: '34-old-suite',
    title: 'a Tentacle with outdated suites only: not every client can connect',
    needs: ['openssl'],
    measured: 'ok',
    warnings: ['tls.below-minimum', 'tls.weak-suite'],
    measuredWarnings: ['tls.weak-suite'],
    variants: ['AES256-SHA', 'AES128-GCM-SHA256'].map((ciphers) => ({
      name: ciphers,
      start: async (lab) => at(await halibut(lab, await tentacle(lab), TENTACLE, { maxVersion: 'TLSv1.2', ciphers })),
    })),
  },
  {
    id: '36-group',
    title: 'a Tentacle without secp256r1',
    needs: ['openssl'],
    measured: 'ok',
    warnings: ['tls.below-minimum'],
    variants: ['X448', 'P-521'].map((ecdhCurve) => ({
      name: ecdhCurve,
      start: async (lab) => at(await halibut(lab, await tentacle(lab), TENTACLE, { ecdhCurve })),
    })),
  },
  {
    id: '36-group-not-recommended',
    title: 'a Tentacle with groups other than the recommended secp256r1',
    needs: ['openssl'],
    measured: 'ok',
    warnings: ['tls.group'],
    variants: ['X25519', 'P-384'].map((ecdhCurve) => ({
      name: ecdhCurve,
      start: async (lab) => at(await halibut(lab, await tentacle(lab), TENTACLE, { ecdhCurve })),
    })),
  },
  {
    id: '33-sha1-certificate',
    title: 'a certificate signed with SHA-1',
    needs: ['openssl'],
    measured: 'ok',
    warnings: ['cert.sha1'],
    measuredWarnings: ['cert.sha1'],
    variants: [
      {
        name: 'a Tentacle',
        start: async (lab) => at(await halibut(lab, await tentacle(lab, { digest: 'sha1' }), TENTACLE)),
      },
      {
        name: 'pong',
        start: async (lab) => at(await pongWith(lab, await certificate(lab, 'tentacle-pong', { digest: 'sha1' }))),
      },
    ],
  },
  {
    id: '33-weak-key',
    title: 'a certificate with a key of 1024 bits',
    needs: ['openssl'],
    measured: 'ok',
    warnings: ['cert.weak-key'],
    measuredWarnings: ['cert.weak-key'],
    variants: [
      {
        name: 'a Tentacle',
        start: async (lab) => at(await halibut(lab, await tentacle(lab, { newkey: ['rsa:1024'] }), TENTACLE)),
      },
      {
        name: 'pong',
        start: async (lab) =>
          at(await pongWith(lab, await certificate(lab, 'tentacle-pong', { newkey: ['rsa:1024'] }))),
      },
    ],
  },
  {
    id: '33-own-weak-key',
    title: 'the own certificate has a key that Octopus could not use',
    needs: ['openssl'],
    measured: 'ok',
    warnings: ['cert.own-weak-key'],
    measuredWarnings: ['cert.own-weak-key'],
    variants: [
      {
        name: 'RSA-1024',
        start: async (lab) => {
          const { cert, key } = await certificate(lab, 'own', { newkey: ['rsa:1024'] });
          return at(await lab.pong(), '--cert', cert, '--key', key);
        },
      },
    ],
  },
  {
    id: '38-expired',
    title: 'an expired certificate',
    needs: ['openssl', 'faketime'],
    measured: 'ok',
    warnings: ['cert.expired'],
    measuredWarnings: ['cert.expired'],
    variants: [
      {
        name: 'a Tentacle',
        start: async (lab) =>
          at(await halibut(lab, await tentacle(lab, { at: '2015-01-01 00:00:00', days: 365 }), TENTACLE)),
      },
      {
        name: 'pong',
        start: async (lab) =>
          at(await pongWith(lab, await certificate(lab, 'tentacle-pong', { at: '-3 days', days: 1 }))),
      },
    ],
  },
  {
    id: '38-clock',
    title: 'a certificate that is not valid yet: one of the clocks is wrong',
    needs: ['openssl', 'faketime'],
    measured: 'ok',
    warnings: ['clock.skew'],
    measuredWarnings: ['clock.skew'],
    variants: [
      {
        name: 'a Tentacle',
        start: async (lab) => at(await halibut(lab, await tentacle(lab, { at: '+2 hours' }), TENTACLE)),
      },
      {
        name: 'pong',
        start: async (lab) => at(await pongWith(lab, await certificate(lab, 'tentacle-pong', { at: '+400 days' }))),
      },
    ],
  },
  {
    id: '39-unrecognized-name',
    title: 'the TLS endpoint or router rejects the server name',
    needs: ['openssl', 'nginx'],
    measured: 'tls.unrecognized-name',
    variants: [
      {
        name: 'openssl',
        start: async (lab) => {
          const { cert, key, ...files } = await tentacle(lab);
          const named = ['-servername', 'web01.example', '-servername_fatal', '-cert2', cert, '-key2', key];
          return { args: [`localhost:${await openssl(lab, { cert, key, ...files }, named)}`] };
        },
      },
      {
        name: 'nginx that rejects unknown names, by name',
        start: async (lab) => ({
          args: [
            `localhost:${await nginx(lab, { http: 'server { listen PORT ssl default_server; ssl_reject_handshake on; }' })}`,
          ],
        }),
      },
      {
        name: 'nginx that rejects what it does not know, by address',
        start: async (lab) =>
          at(await nginx(lab, { http: 'server { listen PORT ssl default_server; ssl_reject_handshake on; }' })),
      },
    ],
  },
  {
    id: '39-name-leads-nowhere',
    title: 'a router by name has no target for this one',
    needs: ['nginx', 'openssl'],
    measured: 'tls.closed',
    diagnosed: 'tls.unrecognized-name',
    variants: [
      {
        name: 'nginx, TLS without a name goes to pong',
        start: async (lab) => ({
          args: [`localhost:${await byName(lab, (pong, closed) => `"" ${pong}; default ${closed};`)}`],
        }),
      },
      {
        name: 'nginx, TLS without a name goes to a web site',
        start: async (lab) => ({
          args: [
            `localhost:${await byName(lab, (pong, closed, site) => `"" ${site}; web01.example ${pong}; default ${closed};`)}`,
          ],
        }),
      },
    ],
  },
  {
    id: '39-name-filtered',
    title: 'a filter resets connections with this server name',
    needs: [],
    measured: 'tls.reset',
    diagnosed: 'tls.unrecognized-name',
    variants: [0, 300].map((delayMs) => ({
      name: delayMs === 0 ? 'at once' : 'after a delay',
      start: async (lab) => {
        const { connect } = await import('node:net');
        const pong = await lab.pong();
        const port = await tcpServer(lab, (socket) => {
          const onward = connect(pong, '127.0.0.1').on('error', () => undefined);
          socket.once('data', (hello: Buffer) => {
            if (hello.includes('localhost')) setTimeout(() => void socket.resetAndDestroy(), delayMs);
            else onward.write(hello);
            socket.pipe(onward).pipe(socket);
          });
          socket.on('close', () => void onward.destroy());
        });
        return { args: [`localhost:${port}`] };
      },
    })),
  },
  {
    id: '39-other-without-name',
    title: 'the name leads to the Tentacle, its address does not',
    needs: ['nginx', 'openssl'],
    measured: 'ok',
    warnings: ['tls.unrecognized-name'],
    variants: [
      {
        name: 'to a web site',
        start: async (lab) => ({
          args: [`localhost:${await byName(lab, (pong, _, site) => `localhost ${pong}; default ${site};`)}`],
        }),
      },
      {
        name: 'nowhere',
        start: async (lab) => ({
          args: [`localhost:${await byName(lab, (pong, closed) => `localhost ${pong}; default ${closed};`)}`],
        }),
      },
    ],
  },
  {
    id: '39-address-leads-elsewhere',
    title: 'only the name leads to the Tentacle, and ping uses the address',
    needs: ['nginx', 'openssl'],
    measured: 'identity.http',
    variants: [
      {
        name: 'to a web site',
        start: async (lab) => at(await byName(lab, (pong, _, site) => `web01.example ${pong}; default ${site};`)),
      },
      {
        name: 'to a web site, only without a name',
        start: async (lab) =>
          at(await byName(lab, (pong, closed, site) => `localhost ${pong}; "" ${site}; default ${closed};`)),
      },
    ],
  },
];
