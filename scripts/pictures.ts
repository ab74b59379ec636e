import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { reportPicture } from './pictures/report-picture.js';
import { fileOnStage, outputOf, runOnStage, startPong } from './pictures/stage.js';
import { terminalPicture } from './pictures/terminal-picture.js';

// `npm run pictures`: the pictures of README and documents, from real runs of both programs. It needs Linux and Chromium.
const FOLDER = new URL('../../docs/pictures/', import.meta.url);

/** A thumbprint that no client has: pong rejects them all. */
const OTHER_THUMBPRINT = '3DBA0D0DB9BD0CA0B6F2DBEA2D63503E38442E8C';

/** Long enough to see an outage in it, which begins and ends after these attempts. */
const REPORT_RUN = ['web01', '--count', '200', '--interval', '50ms'];
const OUTAGE = { begin: 70, end: 110 };

if (process.argv.includes('--on-stage')) await takePictures();
else process.exitCode = runOnStage(fileURLToPath(import.meta.url));

async function takePictures(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  let stop = await startPong();
  await terminal('ping', 'A run in which all attempts succeeded', [
    'web01',
    '--count',
    '100',
    '--interval',
    '200ms',
    '--quiet',
  ]);
  await save('report', await reportPicture('The HTML report of a run with an outage', await runWithOutage()));
  await stop();
  await terminal('failure', 'A failure, its possible causes and the next steps', ['web01', '--count', '1', '--quiet']);
  stop = await startPong(['--trust', OTHER_THUMBPRINT]);
  await terminal('diagnose', 'A diagnosis, step by step', ['diagnose', 'web01']);
  await stop();
  await terminal('explain', 'The explanation of a line of a log', [
    'explain',
    'Attempted to read past the end of the stream.',
  ]);

  /** pong is stopped in the middle of the run, and started again. */
  async function runWithOutage(): Promise<string> {
    const file = fileOnStage('report.html');
    const changes = [
      { after: OUTAGE.begin, change: async () => stop() },
      { after: OUTAGE.end, change: async () => (stop = await startPong()) },
    ];
    await outputOf([...REPORT_RUN, '--html', file], (text) => {
      const [next] = changes;
      if (next === undefined || text.split('\n').length < next.after) return;
      changes.shift();
      void next.change();
    });
    return file;
  }
}

async function terminal(name: string, title: string, args: readonly string[]): Promise<void> {
  const words = args.map((word) => (word.includes(' ') ? `"${word}"` : word));
  const command = `tentacle-ping ${words.join(' ')}`;
  await save(name, terminalPicture({ title, command, output: await outputOf(args) }));
}

async function save(name: string, svg: string): Promise<void> {
  await writeFile(new URL(`${name}.svg`, FOLDER), svg);
  process.stdout.write(`${String(svg.length).padStart(7)}  docs/pictures/${name}.svg\n`);
}
