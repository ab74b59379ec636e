import type { Options } from 'yargs';

/** The options by which either end is told who it is. */
export const IDENTITY_OPTIONS = {
  cert: {
    type: 'string',
    requiresArg: true,
    describe: 'Certificate to present (PEM; may hold the key too). Without it: one that is made once and kept',
  },
  key: { type: 'string', requiresArg: true, describe: 'Private key of --cert (PEM)' },
  pfx: { type: 'string', requiresArg: true, describe: 'Certificate and key to present, as a PFX (PKCS#12) file' },
  'passphrase-file': {
    type: 'string',
    requiresArg: true,
    describe: 'File whose first line is the passphrase of --pfx or --key; or set TENTACLE_PASSPHRASE',
  },
} as const satisfies Record<string, Options>;
