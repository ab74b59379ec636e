/** What a binary needs before it knows what is asked of it: small, so that help and version come at once. */
export { askHidden } from './ask-hidden.js';
export { IDENTITY_OPTIONS } from './identity-options.js';
export { type Asked, type CommandLine, parseArguments } from './parse.js';
export { PROXY_OPTIONS } from './proxy-options.js';
export { TLS_OPTION } from './tls-option.js';
export { UsageError } from './usage-error.js';
