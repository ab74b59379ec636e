import { count, formatSize, mark, ms, type Screen, styled, tableText, textWidth, wrap } from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import type { SizesFound, SizesReport, TriedSize } from '../report/sizes-report.js';

/** One size that was tried, on one line. */
export function triedLine(tried: TriedSize): string {
  const { number, direction, sizeBytes, why, pieces } = tried;
  const amount =
    pieces === undefined
      ? formatSize(sizeBytes)
      : `${count(pieces, 'piece')} of ${formatSize(sizeBytes)} on one connection`;
  return `#${number}  ${direction} ${amount} (${REASONS[why]})  ${outcomeText(tried)}\n`;
}

/** Why a size is tried. */
const REASONS: Readonly<Record<TriedSize['why'], string>> = {
  ladder: 'first try',
  again: 'second try',
  above: 'largest size',
  between: 'narrowing down',
  confirm: 'confirmation',
  pieces: 'in small pieces',
};

function outcomeText({ outcome, movedBytes, durationUs }: TriedSize): string {
  if (outcome === 'ok') return `ok, ${ms(durationUs)} ms`;
  if (outcome === 'cancelled') return 'stopped';
  return `${outcome}: ${failureDefinition(outcome).title}, after ${formatSize(movedBytes)} and ${ms(durationUs)} ms`;
}

/** Each size with its results in both directions, and the limits. */
export function sizesText({ upload, download, tried }: SizesReport, screen: Screen): string {
  const whole = tried.filter(({ why }) => why !== 'pieces');
  const cell = (sizeBytes: number, direction: TriedSize['direction']): string =>
    whole
      .filter((one) => one.sizeBytes === sizeBytes && one.direction === direction)
      .map(cellText)
      // The second try of a size that fails usually has the same result.
      .reduce<[text: string, times: number][]>((cells, text) => {
        const last = cells.at(-1);
        if (last?.[0] === text) last[1]++;
        else cells.push([text, 1]);
        return cells;
      }, [])
      .map(([text, times]) => (times === 1 ? text : `${text} (${times} times)`))
      .join(', ');
  const rows = [...new Set(whole.map(({ sizeBytes }) => sizeBytes))]
    .sort((a, b) => a - b)
    .map((sizeBytes) => [formatSize(sizeBytes), cell(sizeBytes, 'upload'), cell(sizeBytes, 'download')]);
  const heads = ['size', 'upload', ...(download === undefined ? [] : ['download'])];
  return [
    tableText(
      { sides: 'rll'.slice(0, heads.length), heads, rows: rows.map((row) => row.slice(0, heads.length)) },
      screen.width,
    ),
    limitLine('upload', upload, screen),
    download === undefined ? '' : limitLine('download', download, screen),
  ].join('');
}

function cellText({ outcome, durationUs }: TriedSize): string {
  if (outcome === 'ok') return `${ms(durationUs)} ms`;
  return outcome === 'cancelled' ? 'stopped' : styled('bad', outcome);
}

function limitLine(direction: string, limit: SizesFound, screen: Screen): string {
  const { largestOkBytes, smallestFailedBytes, inconsistent, complete, passesInPieces } = limit;
  const passed = largestOkBytes === undefined ? 'no size passed' : `sizes up to ${formatSize(largestOkBytes)} passed`;
  const failed = smallestFailedBytes === undefined ? '' : `, ${formatSize(smallestFailedBytes)} did not`;
  const pieces =
    passesInPieces === undefined
      ? ''
      : `; the same amount in small pieces ${passesInPieces ? 'passed' : 'did not pass'}`;
  const repeats = inconsistent.length === 0 ? '' : `; inconsistent results: ${inconsistent.map(formatSize).join(', ')}`;
  const text = `${direction}: ${passed}${failed}${pieces}${repeats}${complete ? '' : ' (search not complete)'}`;
  const kind = smallestFailedBytes !== undefined ? 'bad' : complete && inconsistent.length === 0 ? 'good' : 'unknown';
  const first = `${mark(kind, screen)} `;
  return `${wrap(text, first, ' '.repeat(textWidth(first)), screen.width)}\n`;
}
