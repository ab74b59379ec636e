import { type CsvCell, csvRow } from 'tentacle-protocol/cli';
import type { Report } from '../report/report.js';

/** The columns of `--csv` with several targets, which are API: new ones are added at the end. */
const COLUMNS: Readonly<Record<string, (report: Report) => CsvCell>> = {
  host: ({ target }) => target.host,
  port: ({ target }) => target.port,
  address: ({ plan, peer }) => plan.address ?? peer.address,
  startedAt: ({ startedAt }) => startedAt,
  verdict: ({ verdict }) => verdict.id,
  title: ({ verdict }) => verdict.title,
  sent: ({ attempts }) => attempts.sent,
  ok: ({ attempts }) => attempts.ok,
  failed: ({ attempts }) => attempts.failed,
  minUs: ({ stages }) => stages.total?.minUs,
  p50Us: ({ stages }) => stages.total?.p50Us,
  p90Us: ({ stages }) => stages.total?.p90Us,
  p99Us: ({ stages }) => stages.total?.p99Us,
  maxUs: ({ stages }) => stages.total?.maxUs,
  peerKind: ({ peer }) => peer.kind,
  thumbprint: ({ peer }) => peer.thumbprint,
  tlsVersion: ({ peer }) => peer.tlsVersion,
  cipher: ({ peer }) => peer.cipher,
};

/** The first row of `--csv` with several targets. */
export function targetsCsvHead(): string {
  return csvRow(Object.keys(COLUMNS));
}

/** The row of one target. */
export function targetCsvRow(report: Report): string {
  return csvRow(Object.values(COLUMNS).map((cell) => cell(report)));
}
