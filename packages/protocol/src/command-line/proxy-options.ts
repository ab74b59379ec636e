import type { Options } from 'yargs';

/** The options by which either end is told to go through a proxy. */
export const PROXY_OPTIONS = {
  proxy: {
    type: 'string',
    requiresArg: true,
    describe:
      'HTTP proxy to go through, as Octopus does: http://user@host:port, or host:port. env: as the environment says (HTTPS_PROXY, ALL_PROXY, NO_PROXY)',
    defaultDescription: 'none',
  },
  'proxy-password-file': {
    type: 'string',
    requiresArg: true,
    describe:
      "File whose first line is the password of --proxy's user; or set TENTACLE_PROXY_PASSWORD; or be asked for it on a terminal",
  },
} as const satisfies Record<string, Options>;
