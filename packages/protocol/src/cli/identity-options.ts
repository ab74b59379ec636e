import { type OptionDefinition, valueOption } from './definition.js';

/** Options for the certificate that this end presents. */
export const IDENTITY_OPTIONS = {
  cert: valueOption(
    'tls',
    'FILE',
    'certificate to present (PEM, may include the key); without it, one that is generated on first use and kept',
    { example: 'cert.pem' },
  ),
  key: valueOption('tls', 'FILE', 'private key of --cert (PEM)', { example: 'key.pem' }),
  pfx: valueOption('tls', 'FILE', 'certificate and key to present (PFX, PKCS #12)', {
    common: true,
    example: 'identity.pfx',
  }),
  'passphrase-file': valueOption(
    'tls',
    'FILE',
    'file whose first line is the passphrase of --pfx or --key; or set TENTACLE_PASSPHRASE',
    { example: 'passphrase.txt' },
  ),
} as const satisfies Record<string, OptionDefinition>;
