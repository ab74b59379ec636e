/** What a command-line program of this project needs: arguments, help, signals, text. */

// Programs, arguments and help.
export { type CheckOptions, parseCheckOptions, SERVER_CHECK_GROUPS } from './check-options.js';
export { chooseIdentity, type ChosenIdentity, type IdentityChoice } from './choose-identity.js';
export { chooseProxies } from './check-proxies.js';
export { chooseProxy, type ProxyChoice } from './choose-proxy.js';
export { closestMatches } from './closest.js';
export type { CommandDefinition, ProgramDefinition } from './definition.js';
export type { AskHidden, Environment, LogOutput } from './environment.js';
export { ExitStatus } from './exit-status.js';
export { commandHelp, commonOptions } from './help.js';
export { isRedacted } from './html-option.js';
export { parseArguments, type ParsedCommand, type ParsedOptions, type ParseSettings } from './parse.js';
export { passphraseFrom } from './passphrase.js';
export type { ProxyVariable } from './proxy-environment.js';
export { readTextFile } from './read-text-file.js';
export { RecordFile } from './record-file.js';
export { parseRecordMax } from './record-max.js';
export { parseAddress, parseSubscription, parseThumbprintOption } from './shared-values.js';
export { showLive } from './show-live.js';
export type { StatusLine } from './status-line.js';
export { stepsList, stepsText } from './steps-text.js';
export { parseTarget, POLLING_PORT, type Target } from './target.js';
export { minTlsVersionOf } from './tls-option.js';
export { UsageError } from './usage-error.js';
export { parseDuration, parseSize, parseWhole } from './values.js';
export { list, kindOfVerdict, verdictText, type VerdictTextOptions, warningsText } from './verdict-text.js';

// Text.
export { type CsvCell, csvRow } from '../text/csv.js';
export { decodeText, detectEncoding } from '../text/decode-text.js';
export { stepLabel } from '../text/step-label.js';
export { describeSystemError, describeWriteError } from '../text/system-error.js';
export { Redactor } from '../text/redact.js';
export { sanitizeLine } from '../text/sanitize-line.js';
export {
  escapeUnsafeJson,
  maskUnsafe,
  maskUnsafeLines,
  quote,
  singleLine,
  toAscii,
  toJsonLine,
} from '../text/sanitize.js';
export { mark, type MarkKind, markWidth, type Screen } from '../text/screen.js';
export { type Style, styled, withoutStyles } from '../text/style.js';
export { padEnd, padStart, textWidth } from '../text/text-width.js';
export { shortenThumbprints, shortThumbprint } from '../text/thumbprints.js';
export { bar } from '../text/bar.js';
export { fitTable, type Table, tableText } from '../text/table.js';
export {
  columns,
  count,
  formatDuration,
  formatRate,
  formatShare,
  formatSize,
  grouped,
  ms,
  msAligned,
  wrap,
} from '../text/units.js';

// The local host.
export { reachableAddresses, withPort } from '../host/addresses.js';
export { type Interfaces, readInterfaces } from '../net/interfaces.js';
export { describeListenProblem } from '../host/listen-problem.js';

export {
  howToRaise,
  isOutOfHandles,
  type OpenFiles,
  readOpenFiles,
  readOpenFilesMax,
  roomForConnections,
} from '../host/open-files.js';

// Plain data.
export { buildDistribution, type DistributionStep } from '../plain-data/distribution.js';
export { BusyShare } from '../time/busy-share.js';
export { HISTOGRAM_MAX_CHARS, readBuckets } from '../plain-data/read-histogram.js';
export { bucketsOf, type DurationFigures, DurationHistogram } from '../plain-data/histogram.js';
export { omitUndefined } from '../plain-data/omit-undefined.js';
export { isoTimeMs } from '../time/iso-time.js';
