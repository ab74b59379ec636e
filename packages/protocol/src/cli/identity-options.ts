import { type OptionDefinition, valueOption } from './definition.js';

/** Options for the certificate that this end presents. */
export const IDENTITY_OPTIONS = {
  cert: valueOption(
    'tls',
    'FILE',
    'certificate to present (PEM, may include the key); without it, one that is generated on first use and kept',
  ),
  key: valueOption('tls', 'FILE', 'private key of --cert (PEM)'),
  pfx: valueOption('tls', 'FILE', 'certificate and key to present (PFX, PKCS #12)', { common: true }),
  'passphrase-file': valueOption(
    'tls',
    'FILE',
    'file whose first line is the passphrase of --pfx or --key; or set TENTACLE_PASSPHRASE',
  ),
} as const satisfies Record<string, OptionDefinition>;
