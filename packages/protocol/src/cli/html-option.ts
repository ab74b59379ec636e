import { flagOption, type OptionDefinition, valueOption } from './definition.js';
import type { ParsedOptions } from './parse.js';
import { UsageError } from './usage-error.js';

/** The options of commands whose result is also written as a page. */
export const HTML_OPTIONS = {
  html: valueOption('output', 'FILE', 'also write an HTML report, to read, print or attach', {
    common: true,
    example: 'report.html',
  }),
  redact: flagOption(
    'output',
    'in --html and --json, replace hosts, addresses, thumbprints, users and file paths by stable names, such as host-1',
  ),
} as const satisfies Record<string, OptionDefinition>;

/** Whether results are redacted. @throws UsageError where no result is. */
export function isRedacted(options: ParsedOptions): boolean {
  if (!options.flag('redact')) return false;
  if (options.value('html') === undefined && !options.flag('json'))
    throw new UsageError('--redact concerns --html and --json; use it with one of them');
  return true;
}
