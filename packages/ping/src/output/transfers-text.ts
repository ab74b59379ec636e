import {
  bar,
  columns,
  formatDuration,
  formatRate,
  formatSize,
  mark,
  type Screen,
  styled,
  textWidth,
  wrap,
} from 'tentacle-protocol/cli';
import type { RateSeries, TransferReport } from '../report/transfer-report.js';
import { bytesPerSecond } from '../measurements/transfer/transfer-tally.js';

/** Each direction with its rate, and the rate over time. */
export function transfersText(transfers: readonly TransferReport[], screen: Screen): string {
  return transfers.map((one) => `${summaryLine(one, screen)}${limitLine(one, screen)}${chart(one, screen)}`).join('');
}

/** That a program and not the network may have limited the rate, with how busy it was; empty where none did. */
function limitLine(report: TransferReport, screen: Screen): string {
  const limit = limitText(report);
  if (limit === undefined) return '';
  const first = `${mark('warning', screen)} `;
  return `${wrap(limit, first, ' '.repeat(textWidth(first)), screen.width)}\n`;
}

/** The same as a sentence; undefined where none did. */
export function limitText({ limitedBy, busyPercent, peerBusyPercent }: TransferReport): string | undefined {
  if (limitedBy === undefined) return undefined;
  const percent = limitedBy === 'tentacle-ping' ? busyPercent : peerBusyPercent;
  return `${limitedBy} limited this rate: it was busy ${percent ?? 0}% of the time. The network may be faster.`;
}

function summaryLine(report: TransferReport, screen: Screen): string {
  const first = `${mark(report.broken === 0 ? 'good' : 'bad', screen)} `;
  return `${wrap(summary(report), first, ' '.repeat(textWidth(first)), screen.width)}\n`;
}

function summary(report: TransferReport): string {
  const { direction, sizeBytes, whole, broken, movedBytes, durationUs, slowestPerSecond, fastestPerSecond } = report;
  const mean = formatRate(bytesPerSecond(movedBytes, durationUs));
  if (whole === 0)
    return `${direction}: ended after ${formatSize(movedBytes)} of ${formatSize(sizeBytes)}, at ${mean} until then`;
  const receiver = direction === 'upload' ? 'the peer' : 'this machine';
  const all = whole + broken;
  const amount = all === 1 ? formatSize(sizeBytes) : `${whole} of ${all} transfers of ${formatSize(sizeBytes)}`;
  const range = whole > 1 ? `; slowest ${formatRate(slowestPerSecond)}, fastest ${formatRate(fastestPerSecond)}` : '';
  return `${direction}: ${amount} in ${formatDuration(durationUs)}: ${mean}${range}; ${receiver} verified every byte`;
}

/** As many lines as a reader takes in at a glance. */
const CHART_LINES = 12;

/** The longest bar, and what a line needs besides: its label and its figure. */
const BAR_MAX_CHARS = 44;
const BESIDE_BAR_CHARS = 36;

/** Bytes over time, a bar for each interval; the last one may be shorter. Fewer than four intervals show nothing. */
function chart({ direction, last, durationUs, whole, broken }: TransferReport, screen: Screen): string {
  const { intervalUs, bytes } = coarser(last);
  if (bytes.length < 4) return '';
  const wholeUs = whole + broken === 1 ? durationUs : bytes.length * intervalUs;
  const rates = bytes.map((intervalBytes, index) =>
    bytesPerSecond(intervalBytes, Math.max(1, Math.min(intervalUs, wholeUs - index * intervalUs))),
  );
  const highest = Math.max(...rates, 1);
  const barMax = Math.max(1, Math.min(BAR_MAX_CHARS, screen.width - BESIDE_BAR_CHARS));
  const decimals = intervalUs < 1_000_000 ? 2 : 0;
  const rows = rates.map((perSecond, index) => [
    `  ${((index * intervalUs) / 1_000_000).toFixed(decimals)} s`,
    `${bar(perSecond / highest, barMax, screen)} ${threeDigits(perSecond / 1_000_000)}`,
  ]);
  return `${styled('dim', `${direction}, MB/s over time`)}\n${columns('rl', rows, screen.width)}`;
}

function coarser({ intervalUs, bytes }: RateSeries): RateSeries {
  const times = Math.ceil(bytes.length / CHART_LINES);
  const joined = Array.from({ length: Math.ceil(bytes.length / times) }, (_, index) =>
    bytes.slice(index * times, (index + 1) * times).reduce((sum, intervalBytes) => sum + intervalBytes, 0),
  );
  return { intervalUs: intervalUs * times, bytes: joined };
}

/** Three digits, or a whole number. */
function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A transfer that is under way. */
export interface TransferProgress {
  readonly direction: string;
  readonly sizeBytes: number;
  readonly movedBytes: number;
  /** The rate since progress was last shown. */
  readonly recentPerSecond: number;
}

/** The progress of a transfer: bytes, percentage, current rate and remaining time. */
export function progressLine({ direction, sizeBytes, movedBytes, recentPerSecond }: TransferProgress): string {
  const percent = Math.floor((movedBytes / sizeBytes) * 100);
  const left = recentPerSecond === 0 ? '' : `, ${Math.ceil((sizeBytes - movedBytes) / recentPerSecond)} s left`;
  return `${direction}: ${formatSize(movedBytes)} of ${formatSize(sizeBytes)} (${percent} %), ${formatRate(recentPerSecond)}${left}`;
}
