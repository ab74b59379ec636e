import { bar, mark, msAligned, padEnd, padStart, type Screen, styled } from 'tentacle-protocol/cli';
import type { AttemptRecord } from '../report/attempt-record.js';

/** The longest stage's name, and what a line has besides its bar. */
const NAME_COLUMNS = 8;
const TIME_COLUMNS = 10;
const BAR_MAX_COLUMNS = 50;
const BAR_MIN_COLUMNS = 10;

/** One attempt as a picture: a bar for each stage, where in the attempt it was; the stage that failed has a mark. */
export function stagePicture({ stages, totalUs, failure }: AttemptRecord, screen: Screen): string {
  const wholeUs = Math.max(1, totalUs);
  const room = Math.min(BAR_MAX_COLUMNS, screen.width - NAME_COLUMNS - TIME_COLUMNS - 2);
  const barColumns = room < BAR_MIN_COLUMNS ? 0 : room;
  const line = (name: string, us: number, picture: string): string =>
    `${padEnd(name, NAME_COLUMNS)}${padStart(msAligned(us), TIME_COLUMNS)}  ${picture}`.trimEnd();
  const lines = [styled('dim', line('stage', 0, '').replace('0.0', ' ms'))];
  let startedUs = 0;
  let inStagesUs = 0;
  for (const { stage, durationUs } of stages) {
    if (stage !== 'trust') {
      const offset = Math.min(barColumns - 1, Math.floor((startedUs / wholeUs) * barColumns));
      const share = durationUs / wholeUs;
      lines.push(
        line(
          stage,
          durationUs,
          barColumns === 0 ? '' : ' '.repeat(Math.max(0, offset)) + bar(share, barColumns, screen),
        ),
      );
    }
    startedUs += durationUs;
    if (stage !== 'trust') inStagesUs += durationUs;
  }
  if (failure === undefined) {
    lines.push(line('other', Math.max(0, totalUs - inStagesUs), ''), line(styled('strong', 'total'), totalUs, ''));
  } else {
    const offset = ' '.repeat(Math.max(0, Math.min(barColumns - 1, Math.floor((startedUs / wholeUs) * barColumns))));
    lines.push(line(failure.shownAt, failure.evidence.elapsedUs, `${offset}${mark('bad', screen)} ${failure.id}`));
  }
  return `${lines.join('\n')}\n`;
}
