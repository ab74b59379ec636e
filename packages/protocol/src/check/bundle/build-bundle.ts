import { arch, release, version } from 'node:os';
import { escapeUnsafeJson, maskUnsafeLines, singleLine } from '../../text/sanitize.js';
import { maskNamedSecrets } from '../../text/sanitize-line.js';
import type { CheckContext } from '../check-context.js';
import type { CheckReport } from '../check-report.js';
import { type BundledLog, readLogs } from './read-logs.js';

/** What a bundle is made from. */
export interface BundleContent {
  readonly context: CheckContext;
  readonly report: CheckReport;
  /** The report as text. */
  readonly text: string;
  /** The runtime: `Node v22.11.0, OpenSSL 3.0.15, linux x64`. */
  readonly runtime: string;
}

/** The first and last years that a zip file can express; a host whose clock is wrong is checked too. */
const YEARS = [1980, 2099] as const;

/** Returns the bytes of a zip file: results, configuration as it was read, ends of logs, versions. */
export async function buildBundle({ context, report, text, runtime }: BundleContent): Promise<Uint8Array> {
  const logs = await readLogs(context);
  const more = (await context.inputs.bundleFiles?.(report)) ?? [];
  const files: Record<string, string> = {
    'check.json': json(report),
    'check.txt': maskUnsafeLines(text),
    'configuration.json': json(mapStrings(await context.configuration, maskNamedSecrets)),
    'versions.json': json(versionsOf(report, runtime)),
    ...Object.fromEntries(logs.flatMap((log, i) => logEntry(log, i))),
    ...Object.fromEntries(more.map(({ name, content }) => [name, content])),
  };
  const { strToU8, zipSync } = await import('fflate');
  const now = new Date();
  const mtime = YEARS[0] <= now.getFullYear() && now.getFullYear() <= YEARS[1] ? now : new Date(YEARS[0], 0, 1);
  const about = { ...DESCRIPTIONS, ...Object.fromEntries(more.map((file) => [file.name, file.about])) };
  const names = Object.keys(files).map((name) => (about[name] === undefined ? name : `${name}: ${about[name]}`));
  const all = { 'README.txt': readme(report, logs, names), ...files };
  return zipSync(Object.fromEntries(Object.entries(all).map(([name, content]) => [name, strToU8(content)])), { mtime });
}

function json(value: unknown): string {
  return `${escapeUnsafeJson(JSON.stringify(value, undefined, 2))}\n`;
}

/** Names of instances may have characters that file names must not have. */
function logName({ name }: BundledLog, i: number): string {
  return `logs/${i + 1}-${name.replaceAll(/[^\w.-]/g, '_').slice(0, 60)}.txt`;
}

function logEntry(log: BundledLog, i: number): [string, string][] {
  return log.lines === undefined ? [] : [[logName(log, i), log.lines.map((line) => `${line}\n`).join('')]];
}

function versionsOf({ tool, host, groups }: CheckReport, runtime: string): object {
  const checks = groups.flatMap(({ checks }) => checks);
  const answers = checks.flatMap(({ endpoint }) =>
    endpoint?.answer === undefined ? [] : [{ endpoint: endpoint.name, answer: endpoint.answer }],
  );
  return {
    tool,
    runtime,
    system: { platform: host.platform, release: release(), version: version(), arch: arch() },
    tentacle: checks.filter(({ id }) => id === 'tentacle.version').map(({ title }) => title),
    endpoints: answers,
  };
}

function readme({ tool, host, startedAt }: CheckReport, logs: readonly BundledLog[], names: readonly string[]): string {
  return [
    `${tool.name} ${tool.version} checked ${singleLine(host.name, 100)} at ${startedAt}.`,
    '',
    ...names,
    '',
    ...logs.map(({ path, lines, unread = '' }, i) =>
      singleLine(
        lines === undefined
          ? `${path} was not read: ${unread}`
          : `${logName({ path, name: logs[i]?.name ?? '' }, i)} has the last ${lines.length} lines of ${path}`,
      ),
    ),
    '',
    'Passwords, keys and tokens are shown as ***. Names, addresses, accounts and thumbprints of this host are not.',
    'Read the files before you send them to anyone.',
    '',
  ].join('\n');
}

const DESCRIPTIONS: Readonly<Record<string, string | undefined>> = {
  'check.json': 'the report, as --json prints it',
  'check.txt': 'the same as text',
  'configuration.json': 'the configuration of each Tentacle instance, as it was read',
  'versions.json': 'this tool, its runtime, the system, Tentacle, and what answered',
};

/** A copy of plain data in which each text is replaced. */
function mapStrings(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, replace)]));
}
