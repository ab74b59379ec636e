/** What a binary needs to start: small, so that help and version appear at once. */
export {
  type CommandDefinition,
  flagOption,
  type OptionDefinition,
  type ProgramDefinition,
  valueOption,
} from './definition.js';
export { commandHelp } from './help.js';
export { IDENTITY_OPTIONS } from './identity-options.js';
export { PROXY_OPTIONS } from './proxy-options.js';
export { runProgram } from './run-program.js';
export { TLS_OPTION } from './tls-option.js';
