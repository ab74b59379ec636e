import { afterEach, beforeEach, describe, expect } from 'vitest';
import { Lab } from '../lab/lab.js';
import { certificate, type Files, nginx, ownFiles } from '../lab/servers.js';
import { all } from '../proxy/real-proxies.js';
import { itWith } from '../real-components.js';
import { keyOf, ping, type Pinged, VERSIONS } from './run.js';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => lab.end());

/** Starts nginx that terminates TLS with one certificate and re-encrypts to pong with another, in this version. */
async function reEncryptingNginx(pong: number, presented: Files, own: Files, version: string): Promise<number> {
  const lines = [
    `ssl_certificate ${presented.cert}; ssl_certificate_key ${presented.key}; ssl_protocols ${version};`,
    // It requests the client certificate, like a Tentacle.
    'ssl_verify_client optional_no_ca;',
    `proxy_ssl on; proxy_ssl_protocols ${version};`,
    // In TLS 1.2 the two sides would choose different suites. Here only the sessions may differ.
    'ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256; proxy_ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;',
    `proxy_ssl_certificate ${own.cert}; proxy_ssl_certificate_key ${own.key};`,
  ];
  return nginx(lab, { stream: `server { listen PORT ssl; ${lines.join('\n')} proxy_pass 127.0.0.1:${pong}; }` });
}

/** All commands of the verdict's steps. */
function commandsOf({ verdict }: Pinged['report']): string {
  return verdict.next.flatMap(({ windows = '', linux = '' }) => [windows, linux]).join('\n');
}

describe.each(VERSIONS)('nginx that re-encrypts TLS in transit, %s', (version) => {
  itWith(all('nginx', 'openssl'), 'with its own certificate is detected, and both certificates are named', async () => {
    const pong = await lab.pong();
    const device = await certificate(lab, 'lb.example');
    const port = await reEncryptingNginx(pong, device, device, version);
    const { report, status } = await ping(lab, [`127.0.0.1:${port}`], version);
    expect(status).toBe(1);
    // The round trips themselves work.
    expect(report.outcomes).toEqual({ ok: 2 });
    expect(report.verdict).toMatchObject({ id: 'trust.intercepted', certainty: { kind: 'conclusive' } });
    const pongThumbprint = (await ownFiles(lab, 'tentacle-pong')).thumbprint;
    const clientThumbprint = (await ownFiles(lab, 'tentacle-ping')).thumbprint;
    const { differences } = report.attestation ?? {};
    expect(differences).toContainEqual({ what: 'pong-certificate', here: device.thumbprint, atPong: pongThumbprint });
    expect(differences).toContainEqual({
      what: 'client-certificate',
      here: clientThumbprint,
      atPong: device.thumbprint,
    });
    for (const name of [device.thumbprint, 'CN=lb.example', pongThumbprint, 'CN=tentacle-pong', clientThumbprint])
      expect(report.verdict.means).toContain(name);
    // Only a key that was copied has to be replaced.
    expect(commandsOf(report)).not.toContain('new-certificate');
    expect(report.attestation).toMatchObject({ result: 'not-one-session', publicKey: keyOf(lab) });
    expect(report.attestation?.differences?.map(({ what }) => what)).toEqual([
      'pong-certificate',
      'client-certificate',
      'keying-material',
    ]);
    expect(report.peer.tlsVersion).toBe(version);
  });

  itWith(
    all('nginx', 'openssl'),
    "with a copy of pong's certificate and key is detected by the client certificate and the session",
    async () => {
      const copied = await certificate(lab, 'tentacle-pong');
      const pong = await lab.pong(['--cert', copied.pem]);
      const port = await reEncryptingNginx(pong, copied, await certificate(lab, 'lb.example'), version);
      const { report, status } = await ping(lab, [`127.0.0.1:${port}`, '--thumbprint', copied.thumbprint], version);
      expect(status).toBe(1);
      expect(report.verdict).toMatchObject({ id: 'trust.intercepted', certainty: { kind: 'conclusive' } });
      expect(report.verdict.means).toContain(copied.thumbprint);
      expect(commandsOf(report)).toContain('Tentacle new-certificate');
      expect(report.attestation?.differences?.map(({ what }) => what)).toEqual([
        'client-certificate',
        'keying-material',
      ]);
    },
  );

  itWith(all('nginx', 'openssl'), "with copies of both ends' keys is detected by the session alone", async () => {
    // Nothing else differs: the certificates are right on both sides.
    const copied = await certificate(lab, 'tentacle-pong');
    const pong = await lab.pong(['--cert', copied.pem]);
    const port = await reEncryptingNginx(pong, copied, await ownFiles(lab, 'tentacle-ping'), version);
    const { report } = await ping(lab, [`127.0.0.1:${port}`, '--thumbprint', copied.thumbprint], version);
    expect(report.verdict.id).toBe('trust.intercepted');
    expect(report.attestation?.differences?.map(({ what }) => what)).toEqual(['keying-material']);
  });
});

describe('a device that terminates TLS and uses different versions on its two sides', () => {
  itWith(all('nginx', 'openssl'), 'is detected by the versions too', async () => {
    const pong = await lab.pong();
    const device = await certificate(lab, 'lb.example');
    const tls = `ssl_certificate ${device.cert}; ssl_certificate_key ${device.key}; ssl_protocols TLSv1.3;`;
    const port = await nginx(lab, {
      stream: `server { listen PORT ssl; ${tls} proxy_pass 127.0.0.1:${pong}; proxy_ssl on; proxy_ssl_protocols TLSv1.2; }`,
    });
    const { report } = await ping(lab, [`127.0.0.1:${port}`]);
    expect(report.attestation?.differences).toContainEqual({ what: 'tls-version', here: 'TLSv1.3', atPong: 'TLSv1.2' });
    expect(report.attestation?.differences).toContainEqual(
      expect.objectContaining({ what: 'client-certificate', atPong: null }) as object,
    );
    for (const version of ['TLSv1.2', 'TLSv1.3']) expect(report.verdict.means).toContain(version);
  });
});
