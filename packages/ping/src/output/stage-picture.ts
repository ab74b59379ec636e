import { bar, mark, msAligned, padEnd, padStart, type Screen, styled, textWidth } from 'tentacle-protocol/cli';
import type { AttemptRecord } from '../report/attempt-record.js';

/** The longest stage's name, and its time with the spaces before it. */
const NAME_COLUMNS = 8;
const TIME_COLUMNS = 10;

/** Bars for the whole attempt: longer ones show no more, and shorter ones show nothing. */
const BAR_MAX_COLUMNS = 50;
const BAR_MIN_COLUMNS = 10;

/** One attempt as a picture: a bar for each stage, where in the attempt it was; the stage that failed has a mark. */
export function stagePicture(record: AttemptRecord, screen: Screen): string {
  const { totalUs, failure } = record;
  const room = Math.min(BAR_MAX_COLUMNS, screen.width - NAME_COLUMNS - TIME_COLUMNS - 2);
  const barColumns = room < BAR_MIN_COLUMNS ? 0 : room;
  const wholeUs = Math.max(1, totalUs);
  const offset = (us: number): string =>
    ' '.repeat(Math.max(0, Math.min(barColumns - 1, Math.floor((us / wholeUs) * barColumns))));
  const steps = stepsOf(record);
  const lines = steps.map(({ name, startedUs, durationUs }) => {
    const picture = barColumns === 0 ? '' : `${offset(startedUs)}${bar(durationUs / wholeUs, barColumns, screen)}`;
    return pictureLine(name, msAligned(durationUs), picture);
  });
  const inStepsUs = steps.reduce((sum, { durationUs }) => sum + durationUs, 0);
  const end =
    failure === undefined
      ? [
          pictureLine('other', msAligned(Math.max(0, totalUs - inStepsUs)), ''),
          pictureLine(styled('strong', 'total'), msAligned(totalUs), ''),
        ]
      : [
          pictureLine(
            failure.shownAt,
            msAligned(failure.evidence.elapsedUs),
            failureMark(failure.id, offset(inStepsUs).length, screen),
          ),
        ];
  return [styled('dim', pictureLine('stage', 'ms', '')), ...lines, ...end].map((line) => `${line}\n`).join('');
}

/** The mark and the id of a failure, as far to the right as they fit; the id is also in the verdict. */
function failureMark(id: string, offset: number, screen: Screen): string {
  const room = screen.width - NAME_COLUMNS - TIME_COLUMNS - 2;
  const whole = `${mark('bad', screen)} ${id}`;
  const text = textWidth(whole) <= room ? whole : mark('bad', screen);
  return `${' '.repeat(Math.max(0, Math.min(offset, room - textWidth(text))))}${text}`;
}

function pictureLine(name: string, time: string, picture: string): string {
  return `${padEnd(name, NAME_COLUMNS)}${padStart(time, TIME_COLUMNS)}  ${picture}`.trimEnd();
}

interface PictureStep {
  readonly name: string;
  readonly startedUs: number;
  readonly durationUs: number;
}

/** The completed stages with their times in the attempt; those of data have the names of their directions. */
function stepsOf({ stages, transfers = [] }: AttemptRecord): PictureStep[] {
  const directions = transfers.map(({ direction }) => direction);
  let startedUs = 0;
  return stages.flatMap(({ stage, durationUs }) => {
    const name = stage === 'data' ? (directions.shift() ?? stage) : stage;
    const step = { name, startedUs, durationUs };
    startedUs += durationUs;
    return stage === 'trust' ? [] : [step];
  });
}
