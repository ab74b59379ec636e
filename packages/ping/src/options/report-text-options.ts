import { type ParsedOptions, quote, UsageError } from 'tentacle-protocol/cli';

const STAGES = ['dns', 'tcp', 'proxy', 'tls', 'identity', 'rpc', 'data', 'other', 'total'] as const;

/** The stage whose histogram the end of a run has; `none`: no histogram. */
export type HistogramStage = (typeof STAGES)[number] | 'none';

/** What the text at the end of a run has besides what every run has. */
export interface ReportTextOptions {
  readonly isVerbose: boolean;
  /** Whether the results go to an HTML report too, which then needs no mention. */
  readonly hasHtml?: boolean;
  /** Absent: the round trip's, or else the total's. */
  readonly histogram?: HistogramStage;
}

/** The options that concern only the text. @throws UsageError */
export function parseReportTextOptions(parsed: ParsedOptions): ReportTextOptions {
  const written = parsed.value('histogram');
  const isVerbose = parsed.flag('verbose');
  const hasHtml = parsed.value('html') !== undefined;
  if (written === undefined) return { isVerbose, hasHtml };
  const histogram = [...STAGES, 'none' as const].find((stage) => stage === written);
  if (histogram === undefined)
    throw new UsageError(`--histogram: ${quote(written)} is not a stage; use ${STAGES.join(', ')} or none`);
  return { isVerbose, hasHtml, histogram };
}
