import type { Identity } from 'tentacle-protocol';
import type { Environment, ParsedOptions } from 'tentacle-protocol/cli';
import type { RunOptions } from '../../options/run-options.js';

/** One run of `tentacle-ping HOST`: what it measures, as which client, and where its output goes. */
export interface MeasureRun<Options extends RunOptions = RunOptions> {
  readonly options: Options;
  readonly identity: Identity;
  /** The options as they were written, for those that concern only the output. */
  readonly parsed: ParsedOptions;
  readonly version: string;
  readonly environment: Environment;
}

/** Writes the lines before the report: to stdout, to stderr where stdout is JSON, or nowhere with --quiet. */
export function progressWriter({ parsed, environment }: Pick<MeasureRun, 'parsed' | 'environment'>) {
  if (parsed.flag('quiet')) return () => undefined;
  return parsed.flag('json') ? environment.stderr : environment.stdout;
}
