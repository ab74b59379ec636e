import { nowUs } from 'tentacle-protocol';
import { ExitStatus, type Screen, showLive } from 'tentacle-protocol/cli';
import type { IdleSearch, OnProgress } from '../../measurements/idle/idle-search.js';
import { isIdleHealthy, measureIdleTimeout } from '../../measurements/idle/measure-idle.js';
import type { IdleMode } from '../../options/idle-options.js';
import type { RunOptions } from '../../options/run-options.js';
import { heading } from '../../output/heading.js';
import { idlePreview, idleProgress } from '../../output/idle-text.js';
import { failedText, leftText, liveLine, progressBar, wholeSeconds } from '../../output/live-text.js';
import { type MeasureRun, printReport } from './measure-run.js';

/** `tentacle-ping HOST --idle`: the progress on stderr, then the report. @returns the exit status. */
export async function measureIdle(run: MeasureRun<RunOptions & { readonly mode: IdleMode }>): Promise<number> {
  const { options, identity, parsed, version, environment } = run;
  const { stderr, stop, width } = environment;
  const isQuiet = parsed.flag('quiet');
  if (!isQuiet) stderr(`${heading(options, identity.thumbprint, environment)}${idlePreview(options.mode, width)}`);
  const onProgress: OnProgress = isQuiet
    ? () => undefined
    : (waiting, ended) => stderr(idleProgress(waiting, ended, nowUs(), width));
  let search: IdleSearch | undefined;
  const onSearch = (started: IdleSearch): void => {
    search = started;
  };
  const stopLive = showLive(environment, (screen) => search && idleLine(search, screen));
  const settings = { options, identity, version, onProgress, onSearch, stop };
  const report = await measureIdleTimeout(settings).finally(stopLive);
  await printReport(run, report);
  return isIdleHealthy(report) ? ExitStatus.OK : ExitStatus.FAILED;
}

const BAR_COLUMNS = 20;

/** How many connections are idle and how many ended, and when the next one is used again. */
function idleLine({ waiting, probes }: Pick<IdleSearch, 'waiting' | 'probes'>, screen: Screen): string | undefined {
  if (waiting.length === 0) return undefined;
  const now = nowUs();
  const lefts = waiting.map(({ untilUs }) => Math.max(0, untilUs - now));
  const longest = waiting.reduce((a, b) => (b.untilUs > a.untilUs ? b : a));
  const survived = probes.filter(({ outcome }) => outcome === 'ok').length;
  const dead = probes.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'cut').length;
  const share = 1 - Math.max(0, longest.untilUs - now) / longest.spanUs;
  return liveLine(
    [
      { text: `${waiting.length} idle`, priority: 9 },
      { text: `${survived} survived`, priority: 7 },
      { text: failedText(dead), priority: 8 },
      { text: progressBar(share, BAR_COLUMNS, screen), priority: 1 },
      { text: `next ends in ${wholeSeconds(Math.min(...lefts))}`, priority: 3 },
      { text: leftText(Math.max(...lefts)), priority: 5 },
    ],
    screen,
  );
}
