import { type Asked, chooseIdentity, passphraseFrom, type Surroundings } from 'tentacle-protocol';
import type { Report } from '../measure/report.js';
import { planOf } from '../plan.js';
import { attemptLine } from '../reporters/attempt-line.js';
import { terminalReport } from '../reporters/terminal.js';
import { measure } from './measure.js';

/** What the command writes to and lives in. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly surroundings: Surroundings;
  /** Aborted when the run is to end and report. */
  readonly stop: AbortSignal;
}

/** From arguments to a report, printed. */
export async function runFromCommandLine(asked: Asked & { kind: 'run' }, version: string, io: Io): Promise<Report> {
  const { words, given } = asked;
  const plan = planOf(words, given);
  const json = given.has('json');
  const files = { certFile: given.one('cert'), keyFile: given.one('key'), pfxFile: given.one('pfx') };
  const passphrase = await passphraseFrom(given.one('passphrase-file'), io.surroundings.env);
  const { identity, note } = await chooseIdentity(
    { ...files, passphrase },
    io.surroundings,
    'tentacle-ping',
    'tentacle-ping',
  );
  if (note !== undefined) io.stderr(`tentacle-ping: ${note}\n`);
  const lines = json ? io.stderr : io.stdout;
  const quiet = given.has('quiet');
  if (!quiet) lines(`PING ${plan.host}:${plan.port} as ${identity.thumbprint}\n`);
  const report = await measure(
    plan,
    identity,
    version,
    (record) => {
      if (!quiet) lines(attemptLine(record));
    },
    io.stop,
  );
  io.stdout(json ? `${JSON.stringify(report)}\n` : terminalReport(report));
  return report;
}
