import { columns, formatRate, formatSize, ms, WIDTH, wrap } from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import type { RateSeries, TransferReport } from '../report/transfer-report.js';
import type { SizesFound, SizesReport, TriedSize } from '../report/sizes-report.js';
import { bytesPerSecond } from '../measurements/transfer/transfer-tally.js';

/** `1,400 B` or, from a million on, `12.5 MB`. */
export function size(bytes: number): string {
  return formatSize(bytes);
}

/** In both the units that people compare: `12.5 MB/s (100 Mbit/s)`. */
export function rate(bytesPerSecond: number): string {
  return formatRate(bytesPerSecond);
}

/** Each direction with its rate, and the rate over time. */
export function transfersText(transfers: readonly TransferReport[]): string {
  return transfers.map((one) => `${wrap(summary(one), '', '  ', WIDTH)}\n${chart(one)}`).join('');
}

function summary(report: TransferReport): string {
  const { direction, sizeBytes, whole, broken, movedBytes, durationUs, slowestPerSecond, fastestPerSecond } = report;
  const receiver = direction === 'upload' ? 'by the peer' : 'here';
  const what =
    whole === 1 && broken === 0 ? size(sizeBytes) : `${whole} of ${whole + broken} transfers of ${size(sizeBytes)}`;
  const moved = `${direction}: ${what} in ${(durationUs / 1_000_000).toFixed(2)} s: ${rate(bytesPerSecond(movedBytes, durationUs))}`;
  const range = whole > 1 ? `; slowest ${rate(slowestPerSecond)}, fastest ${rate(fastestPerSecond)}` : '';
  if (whole === 0)
    return `${direction}: ${size(movedBytes)} of ${size(sizeBytes)} were transferred before it ended, at ${rate(bytesPerSecond(movedBytes, durationUs))}`;
  return `${moved}${range}; every byte was verified ${receiver}`;
}

/** As many lines as a reader takes in at a glance. */
const CHART_LINES = 12;

/** The longest bar: with its label and its figure it fits the narrowest terminal. */
const BAR_CHARS = 44;

/** Bytes over time, a bar for each interval; the last one may be shorter. Fewer than four intervals show nothing. */
function chart({ direction, last, durationUs, whole, broken }: TransferReport): string {
  const { intervalUs, bytes } = coarser(last);
  if (bytes.length < 4) return '';
  const wholeUs = whole + broken === 1 ? durationUs : bytes.length * intervalUs;
  const rates = bytes.map((moved, index) => {
    return bytesPerSecond(moved, Math.max(1, Math.min(intervalUs, wholeUs - index * intervalUs)));
  });
  const most = Math.max(...rates, 1);
  const seconds = intervalUs < 1_000_000 ? 2 : 0;
  const rows = rates.map((perSecond, index) => [
    `  ${((index * intervalUs) / 1_000_000).toFixed(seconds)} s`,
    `${'#'.repeat(Math.ceil((perSecond / most) * BAR_CHARS))} ${digits(perSecond / 1_000_000)}`,
  ]);
  return `${direction}, MB/s over time\n${columns('rl', rows)}`;
}

function coarser({ intervalUs, bytes }: RateSeries): RateSeries {
  const times = Math.ceil(bytes.length / CHART_LINES);
  const joined = Array.from({ length: Math.ceil(bytes.length / times) }, (_, index) =>
    bytes.slice(index * times, (index + 1) * times).reduce((sum, moved) => sum + moved, 0),
  );
  return { intervalUs: intervalUs * times, bytes: joined };
}

/** One size that was tried, on one line. */
export function triedLine({
  number,
  direction,
  sizeBytes,
  why,
  pieces,
  outcome,
  movedBytes,
  durationUs,
}: TriedSize): string {
  const what = pieces === undefined ? size(sizeBytes) : `${pieces} pieces of ${size(sizeBytes)} on one connection`;
  return `#${number}  ${direction} ${what} (${WHY[why]})  ${outcomeText(outcome, movedBytes, durationUs)}\n`;
}

const WHY: Readonly<Record<TriedSize['why'], string>> = {
  ladder: 'first try',
  again: 'second try',
  above: 'largest size',
  between: 'narrowing down',
  confirm: 'confirmation',
  pieces: 'in small pieces',
};

function outcomeText(outcome: TriedSize['outcome'], movedBytes: number, durationUs: number): string {
  if (outcome === 'ok') return `ok, ${ms(durationUs)} ms`;
  if (outcome === 'cancelled') return 'stopped';
  return `${outcome}: ${failureDefinition(outcome).title}, after ${size(movedBytes)} and ${ms(durationUs)} ms`;
}

/** Each size with its results in both directions, and the limits. */
export function sizesText({ upload, download, tried }: SizesReport): string {
  const sizes = [...new Set(tried.filter(({ why }) => why !== 'pieces').map(({ sizeBytes }) => sizeBytes))];
  const cell = (bytes: number, direction: TriedSize['direction']): string =>
    tried
      .filter((one) => one.sizeBytes === bytes && one.direction === direction && one.why !== 'pieces')
      .map(({ outcome, durationUs }) =>
        outcome === 'ok' ? `${ms(durationUs)} ms` : outcome === 'cancelled' ? 'stopped' : outcome,
      )
      .join(', ');
  const rows = sizes
    .sort((a, b) => a - b)
    .map((bytes) => [size(bytes), cell(bytes, 'upload'), cell(bytes, 'download')]);
  const table =
    rows.length === 0
      ? ''
      : columns('rll', [['size', 'upload', ...(download === undefined ? [] : ['download'])], ...rows]);
  return `${table}${limitLine('upload', upload)}${download === undefined ? '' : limitLine('download', download)}`;
}

function limitLine(direction: string, found: SizesFound): string {
  const { largestOkBytes, smallestFailedBytes, inconsistent, complete, passesInPieces } = found;
  const ok = largestOkBytes === undefined ? 'no size passed' : `up to ${size(largestOkBytes)} passes`;
  const limit = smallestFailedBytes === undefined ? '' : `, ${size(smallestFailedBytes)} does not`;
  const pieces =
    passesInPieces === undefined
      ? ''
      : `; the same amount in small pieces ${passesInPieces ? 'passes' : 'does not pass'}`;
  const repeats = inconsistent.length === 0 ? '' : `; inconsistent results: ${inconsistent.map(size).join(', ')}`;
  return `${wrap(`${direction}: ${ok}${limit}${pieces}${repeats}${complete ? '' : ' (search not complete)'}`, '', '  ', WIDTH)}\n`;
}

/** Three digits, or a whole number. */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** The progress of a transfer: bytes, percentage, current rate and remaining time. */
export function progressLine(
  direction: string,
  sizeBytes: number,
  movedBytes: number,
  recentPerSecond: number,
): string {
  const percent = Math.floor((movedBytes / sizeBytes) * 100);
  const left = recentPerSecond === 0 ? '' : `, ${Math.ceil((sizeBytes - movedBytes) / recentPerSecond)} s left`;
  return `${direction}: ${size(movedBytes)} of ${size(sizeBytes)} (${percent} %), ${rate(recentPerSecond)}${left}`;
}
