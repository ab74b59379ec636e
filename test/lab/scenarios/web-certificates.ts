import { readFile } from 'node:fs/promises';
import type { Lab } from '../lab.js';
import { onLink } from '../network.js';
import type { Path, Scenario } from '../scenario.js';
import { certificate, type CertificateOptions, type Files } from '../servers.js';

const NEEDS = ['ip', 'nft', 'namespaces', 'nginx', 'openssl'] as const;

const NAME = 'octopus.corp.example';

/** A root and an intermediate authority. */
interface Authority {
  readonly root: Files;
  readonly intermediate: Files;
}

async function authority(lab: Lab, name: string): Promise<Authority> {
  const root = await certificate(lab, `${name} Root`);
  return { root, intermediate: await certificate(lab, `${name} Issuing`, { issuer: root }) };
}

interface Site {
  /** Issued by the intermediate authority, by default for the right name. */
  readonly leaf?: CertificateOptions & { readonly name?: string; readonly isSelfSigned?: boolean };
  /** Whether the server sends the intermediate certificate too. */
  readonly sendsIntermediate?: boolean;
  /** Whether this machine trusts the root. */
  readonly isRootTrusted?: boolean;
}

/** nginx on port 443 of another machine, by a name that the hosts file has. */
async function website(lab: Lab, net: string, site: Site): Promise<Path> {
  const { leaf = {}, sendsIntermediate = true, isRootTrusted = true } = site;
  const { here, there, address } = onLink(lab, net);
  here.hostsFile(`${address} ${NAME}\n`);
  const { root, intermediate } = await authority(lab, 'Corp');
  const { name = NAME, isSelfSigned = false, ...options } = leaf;
  const own = await certificate(lab, name, {
    extensions: [`subjectAltName=DNS:${name}`, 'basicConstraints=critical,CA:false'],
    ...(isSelfSigned ? {} : { issuer: intermediate }),
    ...options,
  });
  const sent = sendsIntermediate ? [own, intermediate] : [own];
  const chain = await lab.file('chain.pem', lab.run(['cat', ...sent.map(({ cert }) => cert)]));
  const page = await lab.file('nginx.conf', configuration(lab, chain, own.key));
  lab.start([...there.prefix, 'nginx', '-e', 'stderr', '-c', page]);
  await lab
    .start([...there.prefix, 'sh', '-c', `until ss -Htln | grep -q :443; do sleep 0.1; done; echo ready`])
    .printed(/ready/);
  const trusted = isRootTrusted ? root : (await authority(lab, 'Other')).root;
  here.trustOnly(await readFile(trusted.cert, 'utf8'));
  return { args: [`${NAME}:443`], prefix: here.prefix };
}

function configuration(lab: Lab, chain: string, key: string): string {
  return `daemon off; user root; pid ${lab.directory}/nginx.pid; error_log stderr; worker_processes 1; events {}
http {
  access_log off;
  client_body_temp_path ${lab.directory}/body;
  server { listen 443 ssl; ssl_certificate ${chain}; ssl_certificate_key ${key}; return 200 '<title>Welcome</title>'; }
}
`;
}

/** What a web client (a polling Tentacle that registers, a browser) sees of the certificate on port 443. */
export const webCertificateScenarios: readonly Scenario[] = [
  {
    id: 'web-healthy',
    title: 'a web server with a good certificate',
    needs: NEEDS,
    measured: 'identity.http',
    findings: [],
    variants: [{ name: 'nginx', start: (lab) => website(lab, '10.81.1', {}) }],
  },
  {
    id: 'web-wrong-name',
    title: 'a web server whose certificate is for another name',
    needs: NEEDS,
    measured: 'identity.http',
    findings: ['trust.web-name'],
    variants: [
      {
        name: 'another name',
        start: (lab) => website(lab, '10.81.2', { leaf: { name: 'www.corp.example' } }),
      },
    ],
  },
  {
    id: 'web-no-names',
    title: 'a web server whose certificate has a name in its subject only',
    needs: NEEDS,
    measured: 'identity.http',
    findings: ['trust.web-no-names'],
    variants: [
      {
        name: 'nginx',
        start: (lab) => website(lab, '10.81.3', { leaf: { extensions: ['basicConstraints=critical,CA:false'] } }),
      },
    ],
  },
  {
    id: 'web-two-faults',
    title: 'a web server whose certificate has expired, for another name, of an authority that is not trusted',
    needs: [...NEEDS, 'faketime'],
    measured: 'identity.http',
    findings: ['trust.web-name', 'trust.web-unknown-issuer', 'trust.web-expired'],
    variants: [
      {
        name: 'nginx',
        start: (lab) =>
          website(lab, '10.81.8', {
            leaf: { name: 'www.corp.example', at: '-30 days', days: 9 },
            isRootTrusted: false,
          }),
      },
    ],
  },
  {
    id: 'web-unknown-issuer',
    title: 'a web server whose authority this machine does not trust',
    needs: NEEDS,
    measured: 'identity.http',
    findings: ['trust.web-unknown-issuer'],
    variants: [{ name: 'a private authority', start: (lab) => website(lab, '10.81.4', { isRootTrusted: false }) }],
  },
  {
    id: 'web-incomplete-chain',
    title: 'a web server that does not send the intermediate certificate',
    needs: NEEDS,
    measured: 'identity.http',
    findings: ['trust.web-incomplete-chain'],
    variants: [{ name: 'nginx', start: (lab) => website(lab, '10.81.5', { sendsIntermediate: false }) }],
  },
  {
    id: 'web-expired',
    title: 'a web server whose certificate has expired',
    needs: [...NEEDS, 'faketime'],
    measured: 'identity.http',
    findings: ['trust.web-expired'],
    variants: [{ name: 'nginx', start: (lab) => website(lab, '10.81.6', { leaf: { at: '-30 days', days: 9 } }) }],
  },
  {
    id: 'web-self-signed',
    title: 'a web server with a self-signed certificate',
    needs: NEEDS,
    measured: 'identity.http',
    findings: ['trust.web-self-signed'],
    variants: [
      {
        name: 'nginx',
        start: (lab) => website(lab, '10.81.7', { leaf: { isSelfSigned: true }, sendsIntermediate: false }),
      },
    ],
  },
];
