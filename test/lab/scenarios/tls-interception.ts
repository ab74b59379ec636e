import type { Lab } from '../lab.js';
import { type Cut, startRelay } from '../network.js';
import { halibut, TENTACLE } from '../node-servers.js';
import type { Scenario } from '../scenario.js';
import {
  at,
  certificate,
  type Files,
  haproxy,
  mitmproxy,
  nginx,
  openssl,
  ownFiles,
  stunnel,
  pongThatTrusts,
} from '../servers.js';

/** Starts nginx that terminates TLS and re-encrypts to the target, a common setup for web sites. @returns its port. */
async function reEncryptingNginx(lab: Lab, target: number, files: Files, more = ''): Promise<number> {
  const certificates = `ssl_certificate ${files.cert}; ssl_certificate_key ${files.key};`;
  return nginx(lab, {
    stream: `server { listen PORT ssl; ${certificates} ${more} proxy_pass 127.0.0.1:${target}; proxy_ssl on; }`,
  });
}

/** Starts haproxy that terminates TLS and re-encrypts to the target. @returns its port. */
async function reEncryptingHaproxy(lab: Lab, target: number, files: Files): Promise<number> {
  return haproxy(
    lab,
    `frontend f\n  mode tcp\n  bind 127.0.0.1:PORT ssl crt ${files.pem}\n  default_backend b
backend b\n  mode tcp\n  server s 127.0.0.1:${target} ssl verify none`,
  );
}

const own = (lab: Lab): Promise<Files> => certificate(lab, 'lb.example');
const copied = (lab: Lab): Promise<Files> => ownFiles(lab, 'tentacle-pong');

/** Starts a Tentacle that trusts no client. */
async function closingTentacle(lab: Lab): Promise<{ port: number; files: Files }> {
  const files = await certificate(lab, 'tentacle.example', { subject: '/CN=Octopus Tentacle' });
  return { port: await halibut(lab, files, { ...TENTACLE, trusts: false }), files };
}

/** A cut after the client's hello of about 500 bytes, somewhere in its messages of about 2000 bytes after the peer's. */
function lastFlight(how: string, afterBytes: number): Cut {
  // Enough time for the bytes before the cut to arrive.
  return { how: how === 'reset' ? 'reset' : 'close', afterBytes, afterMs: 20, isExact: true };
}

export const tlsInterceptionScenarios: readonly Scenario[] = [
  {
    id: '23-re-encrypted-pong',
    title: 'a device re-encrypts TLS without the client certificate; pong trusts any client',
    needs: ['nginx', 'haproxy', 'stunnel4', 'openssl'],
    measured: 'trust.intercepted',
    diagnosed: 'trust.client-certificate-missing',
    measuredWarnings: ['trust.client-certificate-changed'],
    variants: [
      {
        name: 'nginx stream, own certificate',
        start: async (lab) => at(await reEncryptingNginx(lab, await lab.pong(), await own(lab))),
      },
      {
        name: 'haproxy, own certificate',
        start: async (lab) => ({
          args: [`localhost:${await reEncryptingHaproxy(lab, await lab.pong(), await own(lab))}`],
        }),
      },
      {
        name: 'nginx stream, TLS 1.2 only, a copy of the certificate, pinned',
        start: async (lab) => {
          const files = await copied(lab);
          const port = await reEncryptingNginx(lab, await lab.pong(), files, 'ssl_protocols TLSv1.2;');
          return at(port, '--thumbprint', files.thumbprint);
        },
      },
      {
        name: 'nginx stream that requests a certificate and does not forward it',
        start: async (lab) =>
          at(await reEncryptingNginx(lab, await lab.pong(), await own(lab), 'ssl_verify_client optional_no_ca;')),
      },
      {
        name: 'two stunnels, the second without a certificate',
        start: async (lab) => {
          const pong = await lab.pong();
          const inner = await stunnel(lab, ['client = yes', 'accept = 127.0.0.1:PORT', `connect = 127.0.0.1:${pong}`]);
          const { pem } = await own(lab);
          return at(await stunnel(lab, [`cert = ${pem}`, 'accept = 127.0.0.1:PORT', `connect = 127.0.0.1:${inner}`]));
        },
      },
    ],
  },
  {
    id: '23-inspected-pong',
    title: 'an inspecting proxy with its own authority; pong trusts any client',
    needs: ['mitmdump'],
    measured: 'trust.intercepted',
    diagnosed: 'trust.client-certificate-missing',
    warnings: ['trust.issued-certificate'],
    measuredWarnings: ['trust.client-certificate-changed', 'trust.issued-certificate'],
    variants: [
      { name: 'mitmproxy by address', start: async (lab) => at(await mitmproxy(lab, await lab.pong())) },
      {
        name: 'mitmproxy by name',
        start: async (lab) => ({ args: [`localhost:${await mitmproxy(lab, await lab.pong())}`] }),
      },
    ],
  },
  {
    id: '23-client-certificate-replaced',
    title: 'a device re-encrypts TLS with its own client certificate',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'trust.intercepted',
    diagnosed: 'trust.client-certificate-replaced',
    measuredWarnings: ['trust.client-certificate-changed'],
    variants: [
      {
        name: 'nginx stream',
        start: async (lab) => {
          const files = await own(lab);
          const more = `proxy_ssl_certificate ${files.cert}; proxy_ssl_certificate_key ${files.key};`;
          return at(await reEncryptingNginx(lab, await lab.pong(), files, more));
        },
      },
      {
        name: 'haproxy',
        start: async (lab) => {
          const files = await own(lab);
          const pong = await lab.pong();
          return at(
            await haproxy(
              lab,
              `listen l\n  mode tcp\n  bind 127.0.0.1:PORT ssl crt ${files.pem}\n  server s 127.0.0.1:${pong} ssl verify none crt ${files.pem}`,
            ),
          );
        },
      },
    ],
  },
  {
    id: '23-re-encrypted-pinned',
    title: 'a device terminates TLS with its own certificate; another one is pinned',
    needs: ['nginx', 'haproxy', 'openssl', 'mitmdump'],
    measured: 'trust.unexpected-thumbprint',
    variants: [
      {
        name: 'nginx stream before pong',
        start: async (lab) => {
          const port = await reEncryptingNginx(lab, await pongThatTrusts(lab), await own(lab));
          return at(port, '--thumbprint', (await copied(lab)).thumbprint);
        },
      },
      {
        name: 'haproxy before a Tentacle',
        start: async (lab) => {
          const tentacle = await certificate(lab, 'Octopus Tentacle');
          const port = await reEncryptingHaproxy(
            lab,
            await halibut(lab, tentacle, { ...TENTACLE, trusts: false }),
            await own(lab),
          );
          return at(port, '--thumbprint', tentacle.thumbprint);
        },
      },
      {
        name: 'mitmproxy before pong',
        start: async (lab) =>
          at(await mitmproxy(lab, await lab.pong()), '--thumbprint', (await copied(lab)).thumbprint),
      },
    ],
  },
  {
    id: '24-intercepted',
    title: 'a device terminates TLS in front of a Tentacle, which closes',
    needs: ['nginx', 'haproxy', 'openssl', 'mitmdump'],
    measured: 'trust.intercepted',
    variants: [
      {
        name: 'haproxy with its own certificate',
        start: async (lab) => at(await reEncryptingHaproxy(lab, (await closingTentacle(lab)).port, await own(lab))),
      },
      {
        name: 'nginx stream with a copy of the certificate, pinned, TLS 1.2 only',
        start: async (lab) => {
          const { port, files } = await closingTentacle(lab);
          const nginxPort = await reEncryptingNginx(lab, port, files, 'ssl_protocols TLSv1.2;');
          return at(nginxPort, '--thumbprint', files.thumbprint);
        },
      },
      {
        name: 'mitmproxy, by name',
        start: async (lab) => ({ args: [`localhost:${await mitmproxy(lab, (await closingTentacle(lab)).port)}`] }),
      },
    ],
  },
  {
    id: '24-intercepted-pong',
    title: 'a device terminates TLS in front of a pong with --trust, which closes',
    needs: ['nginx', 'haproxy', 'openssl', 'mitmdump'],
    measured: 'trust.client-certificate-missing',
    variants: [
      {
        name: 'nginx stream with a copy of the certificate, pinned',
        start: async (lab) => {
          const files = await copied(lab);
          return at(await reEncryptingNginx(lab, await pongThatTrusts(lab), files), '--thumbprint', files.thumbprint);
        },
      },
      {
        name: 'haproxy with its own certificate',
        start: async (lab) => at(await reEncryptingHaproxy(lab, await pongThatTrusts(lab), await own(lab))),
      },
      {
        name: 'mitmproxy, by name',
        start: async (lab) => ({ args: [`localhost:${await mitmproxy(lab, await pongThatTrusts(lab))}`] }),
      },
    ],
  },
  {
    id: '24-requested-not-forwarded',
    title: 'a device requests the client certificate and does not forward it',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'trust.client-certificate-missing',
    variants: [
      {
        name: 'nginx stream',
        start: async (lab) =>
          at(
            await reEncryptingNginx(
              lab,
              await pongThatTrusts(lab),
              await own(lab),
              'ssl_verify_client optional_no_ca;',
            ),
          ),
      },
      {
        name: 'haproxy',
        start: async (lab) => {
          const files = await own(lab);
          const asks = `verify optional ca-file ${files.cert} ca-ignore-err all crt-ignore-err all`;
          return at(
            await haproxy(
              lab,
              `listen l\n  mode tcp\n  bind 127.0.0.1:PORT ssl crt ${files.pem} ${asks}\n  server s 127.0.0.1:${await pongThatTrusts(lab)} ssl verify none`,
            ),
          );
        },
      },
    ],
  },
  {
    id: '25-decrypted',
    title: 'a device terminates TLS and forwards plain bytes',
    needs: ['nginx', 'haproxy', 'stunnel4', 'openssl'],
    measured: 'trust.intercepted',
    variants: [
      {
        name: 'stunnel',
        start: async (lab) => {
          const { pem } = await own(lab);
          const pong = await lab.pong();
          return at(await stunnel(lab, [`cert = ${pem}`, 'accept = 127.0.0.1:PORT', `connect = 127.0.0.1:${pong}`]));
        },
      },
      {
        name: 'nginx stream',
        start: async (lab) => {
          const { cert, key } = await own(lab);
          const pong = await pongThatTrusts(lab);
          return at(
            await nginx(lab, {
              stream: `server { listen PORT ssl; ssl_certificate ${cert}; ssl_certificate_key ${key}; proxy_pass 127.0.0.1:${pong}; }`,
            }),
          );
        },
      },
      {
        name: 'haproxy with a copy of the certificate, pinned',
        start: async (lab) => {
          const files = await copied(lab);
          const pong = await lab.pong();
          const port = await haproxy(
            lab,
            `listen l\n  mode tcp\n  bind 127.0.0.1:PORT ssl crt ${files.pem}\n  server s 127.0.0.1:${pong}`,
          );
          return at(port, '--thumbprint', files.thumbprint);
        },
      },
    ],
  },
  {
    id: '26-passed-on',
    title: 'healthy: TLS is forwarded unchanged',
    needs: ['nginx', 'haproxy', 'stunnel4', 'openssl', 'socat'],
    measured: 'ok',
    variants: [
      {
        name: 'a pair of stunnels as outer tunnel',
        start: async (lab) => {
          const { pem } = await own(lab);
          const pong = await pongThatTrusts(lab);
          const outer = await stunnel(lab, [`cert = ${pem}`, 'accept = 127.0.0.1:PORT', `connect = 127.0.0.1:${pong}`]);
          return at(await stunnel(lab, ['client = yes', 'accept = 127.0.0.1:PORT', `connect = 127.0.0.1:${outer}`]));
        },
      },
      {
        name: 'haproxy, pinned',
        start: async (lab) => {
          const pong = await pongThatTrusts(lab);
          const port = await haproxy(lab, `listen l\n  mode tcp\n  bind 127.0.0.1:PORT\n  server s 127.0.0.1:${pong}`);
          return at(port, '--thumbprint', (await copied(lab)).thumbprint);
        },
      },
      {
        name: 'nginx stream with ssl_preread, by name',
        start: async (lab) => {
          const pong = await lab.pong();
          const port = await nginx(lab, {
            stream: `server { listen PORT; ssl_preread on; proxy_pass 127.0.0.1:${pong}; }`,
          });
          return { args: [`localhost:${port}`] };
        },
      },
      {
        name: 'socat',
        start: async (lab) => {
          const pong = await lab.pong();
          const port = await lab.freePort();
          lab.start(['socat', `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`, `TCP:127.0.0.1:${pong}`]);
          await lab.accepts(port);
          return at(port);
        },
      },
    ],
  },
  {
    id: '00-healthy',
    title: 'healthy: no device in between',
    needs: ['openssl'],
    measured: 'ok',
    variants: [
      { name: 'pong', start: async (lab) => at(await lab.pong()) },
      {
        name: 'pong that trusts the client, pinned, by name',
        start: async (lab) => ({
          args: [`localhost:${await pongThatTrusts(lab)}`, '--thumbprint', (await copied(lab)).thumbprint],
        }),
      },
      {
        name: 'a Tentacle with TLS 1.2 only',
        start: async (lab) =>
          at(await halibut(lab, await certificate(lab, 'Octopus Tentacle'), TENTACLE, { maxVersion: 'TLSv1.2' })),
      },
      {
        name: 'a Tentacle with TLS 1.3 only, RSA-4096',
        start: async (lab) => {
          const files = await certificate(lab, 'Octopus Tentacle', { newkey: ['rsa:4096'] });
          return at(await halibut(lab, files, TENTACLE, { minVersion: 'TLSv1.3' }));
        },
      },
    ],
  },
  {
    id: '27-wrong-thumbprint',
    title: 'the Tentacle has a certificate other than the pinned one',
    needs: ['openssl'],
    measured: 'trust.unexpected-thumbprint',
    variants: [
      { name: 'pong', start: async (lab) => at(await lab.pong(), '--thumbprint', 'A'.repeat(40)) },
      {
        name: 'a Tentacle with a new certificate',
        start: async (lab) => {
          const before = await certificate(lab, 'before');
          return at(
            await halibut(lab, await certificate(lab, 'Octopus Tentacle'), TENTACLE),
            '--thumbprint',
            before.thumbprint,
          );
        },
      },
    ],
  },
  {
    id: '28-not-trusted',
    title: 'the Tentacle does not trust the client certificate',
    needs: ['openssl'],
    measured: 'trust.closed-after-identity',
    variants: [
      {
        name: 'a Tentacle',
        start: async (lab) =>
          at(await halibut(lab, await certificate(lab, 'Octopus Tentacle'), { ...TENTACLE, trusts: false })),
      },
    ],
  },
  {
    id: '28-last-flight-cut',
    title: "a device cuts the connection in the client's last messages of TLS 1.3",
    needs: ['openssl'],
    measured: 'trust.closed-after-identity',
    measuredCertainty: 'ambiguous',
    variants: [
      { name: 'closed before the client certificate', how: 'close', afterBytes: 600 },
      { name: 'closed within the client certificate', how: 'close', afterBytes: 1200 },
      { name: 'reset within the client certificate', how: 'reset', afterBytes: 1200 },
    ].map(({ name, how, afterBytes }) => ({
      name: `openssl, ${name}`,
      start: async (lab: Lab) => {
        const files = await certificate(lab, 'tentacle.example', { subject: '/CN=Octopus Tentacle' });
        const to = await openssl(lab, files, ['-verify', '1', '-tls1_3', '-quiet']);
        return at(await startRelay(lab, { to, cut: lastFlight(how, afterBytes) }), '--timeout', '3s');
      },
    })),
  },
  {
    id: '28-last-flight-cut-pong',
    title: "a device cuts some connections to pong in the client's last messages of TLS 1.3",
    needs: [],
    measured: 'trust.closed-after-identity',
    diagnosed: 'ok',
    measuredCertainty: 'conclusive',
    recorded: ['cutBetween'],
    variants: [
      { name: 'closed', how: 'close' },
      { name: 'reset', how: 'reset' },
    ].map(({ name, how }) => ({
      name,
      start: async (lab: Lab) => ({
        ...at(await startRelay(lab, { to: await lab.pong(), cut: { ...lastFlight(how, 1200), every: 3 } })),
        measureArgs: ['--count', '9', '--interval', '50ms'],
      }),
    })),
  },
  {
    id: '28-not-trusted-by-pong',
    title: 'tentacle-pong was started with --trust and another thumbprint',
    needs: ['openssl', 'nginx'],
    measured: 'trust.rejected-by-pong',
    hasOneCause: true,
    variants: [
      { name: 'pong that trusts another client', start: async (lab) => at(await pongThatTrusts(lab, 'B'.repeat(40))) },
      {
        name: 'pong that trusts another client, behind a forwarding nginx, pinned',
        start: async (lab) => {
          const pong = await pongThatTrusts(lab, 'C'.repeat(40));
          const port = await nginx(lab, { stream: `server { listen PORT; proxy_pass 127.0.0.1:${pong}; }` });
          return at(port, '--thumbprint', (await copied(lab)).thumbprint);
        },
      },
    ],
  },
  {
    id: '37-client-certificate-refused',
    title: 'the TLS endpoint requires a client certificate of its own authority',
    needs: ['openssl', 'nginx'],
    measured: 'tls.client-certificate-refused',
    variants: [
      {
        name: 'openssl, unknown authority, TLS 1.3',
        start: async (lab) =>
          at(await openssl(lab, await own(lab), ['-Verify', '1', '-verify_return_error', '-tls1_3'])),
      },
      {
        name: 'openssl, unknown authority, TLS 1.2',
        start: async (lab) =>
          at(await openssl(lab, await own(lab), ['-Verify', '1', '-verify_return_error', '-tls1_2'])),
      },
      {
        name: 'openssl that accepts only ECDSA certificates',
        start: async (lab) =>
          at(await openssl(lab, await own(lab), ['-Verify', '1', '-client_sigalgs', 'ECDSA+SHA256', '-tls1_3'])),
      },
      {
        name: 'haproxy, verify required, TLS 1.2',
        start: async (lab) => {
          const authority = await certificate(lab, 'authority');
          const pong = await lab.pong();
          return at(
            await haproxy(
              lab,
              `listen l\n  mode tcp\n  bind 127.0.0.1:PORT ssl crt ${(await own(lab)).pem} ca-file ${authority.cert} verify required ssl-max-ver TLSv1.2\n  server s 127.0.0.1:${pong} ssl verify none`,
            ),
          );
        },
      },
    ],
  },
];
