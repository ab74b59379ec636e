import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { PONG } from '../../packages/pong/src/options/definition.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { command } from '../binaries/command.js';
import { powershell } from '../powershell.js';
import { itWith } from '../real-components.js';
import { wordsOf } from '../steps/printed-commands.js';
import { filesBelow, ROOT } from './source-files.js';

/** Those that are generated have the commands of tables that have tests of their own. */
const documents = [
  'README.md',
  ...filesBelow('docs', /\.md$/).filter((path) => !readFileSync(join(ROOT, path), 'utf8').startsWith('<!--')),
  ...filesBelow('packages', /^README\.md$/),
  'deploy/windows/README.md',
  ...filesBelow('deploy', /\.md$/),
];

/** A command as a line of a block, as the whole of a quotation, or after what starts it. */
const COMMAND =
  /(?:^ {4}(?:\$ )?(?:sudo )?|^(?:\.\\|PsExec\.exe -s C:\\tools\\|.*\| \.\\)|`(?:\.\\|\.\/)?)(?:npx )?(tentacle-p[io]ng(?:\.cmd|\.exe)?(?: [^`\n]*)?)(?:`|$)/gm;

/** Values in place of the words that stand for them. */
const PLACES: Readonly<Record<string, string>> = {
  'HOST[:PORT]': 'web01:10933',
  'HOST:PORT': 'web01:10933',
  'ADDRESS:443': '192.0.2.10:443',
  STAGE: 'rpc',
  TIME: '10s',
  SIZE: '1MB',
  KEY: 'A'.repeat(64),
  THUMBPRINT: 'A'.repeat(40),
  X: 'A'.repeat(40),
  'A16C...': 'A'.repeat(40),
  '15F3...': 'A'.repeat(64),
};

/** Without a comment, a redirection, the rest of a pipe, and the file of --defaults, which would be read. */
function withoutShell(command: string): string {
  return command
    .replace(/\s+#.*$/, '')
    .replace(/\s+\\?[|>].*$/, '')
    .replace(/ --defaults \S+/, '')
    .replace(/\.(?:cmd|exe)\b/, '');
}

function commandsIn(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(COMMAND)].map(([, command = '']) => withoutShell(command));
}

async function problemOf(command: string): Promise<string | undefined> {
  const [name, ...argv] = wordsOf(command).map((word) => PLACES[word] ?? word);
  return parseArguments(name === 'tentacle-ping' ? PING : PONG, argv).then(
    () => undefined,
    (error: unknown) => `${command}: ${String(error)}`,
  );
}

describe('commands in documents', () => {
  it.each(documents)('of %s have only options that exist', async (document) => {
    const problems = await Promise.all(commandsIn(document).map(problemOf));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('are found, and an unknown option in them too', async () => {
    expect(commandsIn('README.md').length).toBeGreaterThan(10);
    expect(commandsIn('docs/windows.md').length).toBeGreaterThan(8);
    expect(await problemOf('tentacle-ping web01 --cuont 3')).toMatch(/--count/);
  });
});

/** Blocks and cells of tables for PowerShell. */
function powershellIn(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const blocks = [...text.matchAll(/^```powershell\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
  const tables = text.split('\n\n').filter((part) => /^\| .*PowerShell/m.test(part));
  const cells = tables.flatMap((table) => {
    const rows = table.split('\n').map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    const column = rows[0]?.findIndex((cell) => cell.includes('PowerShell')) ?? -1;
    return column < 0 ? [] : rows.slice(2).flatMap((row) => /^`(.*)`$/.exec(row[column] ?? '')?.[1] ?? []);
  });
  const indented = text.includes('All commands are for PowerShell') ? (text.match(/(?:^ {4}.*\n)+/gm) ?? []) : [];
  return [...blocks, ...cells, ...indented];
}

/** Prints each script on stdin, a JSON list, that PowerShell cannot read. */
const PARSE = `$scripts = [Console]::In.ReadToEnd() | ConvertFrom-Json
foreach ($script in $scripts) {
  $problems = $null
  [void][System.Management.Automation.Language.Parser]::ParseInput($script, [ref]$null, [ref]$problems)
  foreach ($problem in $problems) { "$($problem.Message): $script" }
}`;

describe('PowerShell in documents', () => {
  const scripts = documents.flatMap(powershellIn);

  it('is found', () => {
    expect(scripts.length).toBeGreaterThan(15);
  });

  itWith(powershell, 'is read by PowerShell', async () => {
    const args = ['-NoProfile', '-NonInteractive', '-Command', PARSE];
    const run = async (input: readonly string[]) =>
      Promise.resolve(spawnSync(powershell.name, args, { input: JSON.stringify(input), encoding: 'utf8' }));
    expect((await run(['Get-Item ('])).stdout).toContain('Get-Item (');
    expect(await run(scripts)).toMatchObject({ status: 0, stdout: '' });
  });
});

describe('messages in the guide', () => {
  it('are known to explain', async () => {
    const guide = readFileSync(join(ROOT, 'docs/guide.md'), 'utf8');
    const section = guide.slice(guide.indexOf('## By symptom'), guide.indexOf('## 0.'));
    const messages = [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, message = '']) => message);
    expect(messages.length).toBeGreaterThan(12);
    const file = join(mkdtempSync(join(tmpdir(), 'tentacle-guide-')), 'messages.txt');
    writeFileSync(file, messages.join('\n'));
    const { stdout } = await command('ping', ['explain', file, '--json']).ended;
    const { matches } = JSON.parse(stdout) as { matches: readonly { line: number; count: number }[] };
    const known = matches.reduce((sum, { count }) => sum + count, 0);
    expect({ known, matches }).toMatchObject({ known: messages.length });
  });
});
