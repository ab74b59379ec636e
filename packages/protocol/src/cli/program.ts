/**
 * What a program needs until a command runs: its definition, arguments, help and errors. Everything else is loaded by the
 * command, so that help and version start as fast as Node.js allows.
 */

export { checkDefinition, SERVER_CHECK_GROUPS } from './check-options.js';
export {
  type CommandDefinition,
  flagOption,
  type OptionDefinition,
  type ProgramDefinition,
  valueOption,
} from './definition.js';
export { HTML_OPTIONS } from './html-option.js';
export { IDENTITY_OPTIONS } from './identity-options.js';
export { OUTPUT_OPTION } from './output-file.js';
export type { ParsedOptions } from './parse.js';
export { PROXY_OPTIONS } from './proxy-options.js';
export { RECORD_MAX_OPTION } from './record-max.js';
export { runProgram } from './run-program.js';
export { quote } from '../text/sanitize.js';
export { TRANSFER_MAX_BYTES } from '../services/transfer-limit.js';
export { TLS_OPTION } from './tls-option.js';
export { UsageError } from './usage-error.js';
export { parseDuration, parseSize, parseWhole } from './values.js';
