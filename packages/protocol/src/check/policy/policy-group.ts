import type { Check } from '../../diagnostics/checks/check.js';
import type { CheckContext, CheckGroupDefinition } from '../check-context.js';
import { checkClock } from './check-clock.js';
import { checkCryptoPolicy } from './check-crypto-policy.js';
import { checkEphemeralPorts } from './check-ephemeral-ports.js';
import { checkOpenFiles } from './check-open-files.js';
import { checkOpenssl } from './check-openssl.js';
import { checkOwnCertificates } from './check-own-certificate.js';
import { checkSchannel } from './check-schannel.js';

type Part = (context: CheckContext) => Promise<Check | readonly Check[]>;

const LINUX: readonly Part[] = [({ host }) => checkOpenssl(host), ({ host }) => checkCryptoPolicy(host)];

const WINDOWS: readonly Part[] = [({ host }) => checkSchannel(host)];

/** On each platform. */
const COMMON: readonly Part[] = [
  checkOwnCertificates,
  checkClock,
  ({ host }) => checkEphemeralPorts(host),
  ({ host }) => checkOpenFiles(host),
];

/** Certificates, and the settings of this host that limit TLS and connections. */
export const policyGroup: CheckGroupDefinition = {
  name: 'policy',
  title: 'Certificates and policy',
  // PowerShell takes seconds on a busy server.
  timeoutMs: 9000,
  run: async (context, add) => {
    const parts = [...COMMON, ...(context.host.platform === 'win32' ? WINDOWS : LINUX)];
    await Promise.all(
      parts.map(async (part) => {
        for (const check of [await part(context)].flat()) add(check);
      }),
    );
  },
};
