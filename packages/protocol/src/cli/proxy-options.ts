import { type OptionDefinition, valueOption } from './definition.js';

/** Options for connecting through a proxy. */
export const PROXY_OPTIONS = {
  proxy: valueOption(
    'proxy',
    'URL',
    'HTTP proxy, as in http://user@host:port; or the word env, for the one that HTTPS_PROXY, ALL_PROXY and NO_PROXY select',
    { common: true, defaultDescription: 'none' },
  ),
  'proxy-password-file': valueOption(
    'proxy',
    'FILE',
    "file whose first line is the password of --proxy's user; or set TENTACLE_PROXY_PASSWORD; or type it when asked, on a terminal",
    { example: 'proxy-password.txt' },
  ),
} as const satisfies Record<string, OptionDefinition>;
