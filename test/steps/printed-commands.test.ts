import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { parsePollingServerOptions } from '../../packages/ping/src/options/polling-server-options.js';
import { parseRunOptions } from '../../packages/ping/src/options/run-options.js';
import { PONG } from '../../packages/pong/src/options/definition.js';
import { parseListenOptions } from '../../packages/pong/src/options/listen-options.js';
import { parsePollOptions } from '../../packages/pong/src/options/poll-options.js';
import { parseArguments, parseCheckOptions, SERVER_CHECK_GROUPS } from '../../packages/protocol/src/cli/index.js';
import { CHECK_GROUPS } from '../../packages/protocol/src/diagnostics/checks/check.js';
import { isProductCommand, tentacleCommand } from '../../packages/protocol/src/diagnostics/product-commands.js';
import { program } from '../components.js';
import { type PrintedCommand, printedCommands, wordsOf } from './printed-commands.js';
import { INSTANCE_OPTIONS, SERVER_COMMANDS, TENTACLE_COMMANDS } from './product-commands.js';
import { LINUX_COMMANDS, WINDOWS_COMMANDS } from './system-commands.js';

const all = printedCommands();

/** A PowerShell to read the commands with, where one is named: Debian has no package of it. */
const { POWERSHELL } = process.env;

/** These programs only check what the tables say, so that a machine may lack them. */
const isMissing = (name: string): boolean => program(name).missing !== undefined;

const isOwn = ({ command }: PrintedCommand): boolean => /^tentacle-p[io]ng\b/.test(command);
const isProduct = ({ platform, command }: PrintedCommand): boolean =>
  isProductCommand({ [platform]: command }) && /^(?:&|sudo) /.test(command);

/** As a title: the command and one of the steps that print it. */
const titled = (commands: readonly PrintedCommand[]): [string, string, PrintedCommand][] =>
  commands.map((printed) => [printed.command, printed.sources[0] ?? '', printed]);

const own = all.filter(isOwn);
const products = all.filter(isProduct);
const windows = all.filter((printed) => printed.platform === 'windows');
const linux = all.filter((printed) => printed.platform === 'linux');

/** A command without its quotations, and without PowerShell's hash tables, whose members a semicolon separates. */
function withoutQuotations(command: string): string {
  return command.replaceAll(/'[^']*'|"[^"]*"/g, "''").replaceAll(/@\{[^}]*\}/g, "''");
}

describe('every printed command', () => {
  it.each(titled(all))('%s (%s) has no empty place, no second command and no operator of another shell', (command) => {
    expect(command).toBe(command.trim());
    expect(command).not.toMatch(/\s{2}|undefined|null|\[object|NaN|--\S+=(?=\s|$)|:$/);
    expect(command).toMatch(/^[\x20-\x7e]+$/);
    // A script block may contain several statements, which no line end separates.
    const outside = withoutQuotations(command).replaceAll(/\{[^{}]*\}/g, '{}');
    expect(outside).not.toMatch(/&&|\|\||;|`|\$\(/);
  });
});

/** Reads a command line of this project's programs as they do, without running it. */
async function readOwn(command: string): Promise<void> {
  const [name, ...argv] = wordsOf(
    command.replace(/\b(HOST|ADDRESS):PORT\b/, '$1:10933').replace(/\bTHUMBPRINT\b/, 'A'.repeat(40)),
  );
  const parsed = await parseArguments(name === 'tentacle-ping' ? PING : PONG, argv);
  if (parsed.kind === 'print') return;
  const { positionals, options } = parsed;
  if (parsed.command === 'check') {
    parseCheckOptions(positionals, options, name === 'tentacle-ping' ? SERVER_CHECK_GROUPS : CHECK_GROUPS);
    return;
  }
  if (name === 'tentacle-pong')
    (options.value('poll') === undefined ? parseListenOptions : parsePollOptions)(positionals, options);
  else if (parsed.command === 'listen') parsePollingServerOptions(positionals, options);
  else if (['', 'diagnose'].includes(parsed.command)) parseRunOptions(positionals, options);
}

describe("this project's own commands", () => {
  it.each(titled(own))('%s (%s) have options and values that their program accepts', async (command) => {
    await expect(readOwn(command)).resolves.toBeUndefined();
  });

  it('are read as their program does: an unknown option or value is found', async () => {
    await expect(readOwn('tentacle-ping tentacle.example --cuont 3')).rejects.toThrow();
    await expect(readOwn('tentacle-ping tentacle.example --count three')).rejects.toThrow();
    await expect(readOwn('tentacle-pong --port web')).rejects.toThrow();
  });
});

/** What is wrong with a command of Tentacle or Octopus Server, by the table of their options; empty for nothing. */
function problemsOf(command: string): string[] {
  const [, path = '', subcommand = '', ...rest] =
    /^(?:& '|sudo )(\S.*?(?:Tentacle|\.exe))'? (\S+)(.*)$/.exec(command) ?? [];
  const definition = (path.endsWith('Octopus.Server.exe') ? SERVER_COMMANDS : TENTACLE_COMMANDS)[subcommand];
  if (definition === undefined) return [`unknown command ${subcommand}`];
  const isKnown = new RegExp(`^--(?:${[...definition.options, ...INSTANCE_OPTIONS].join('|')})(?:=\\S+)?$`);
  const words = subcommand === 'help' ? [] : wordsOf(rest.join(' '));
  // A value may follow its option as a word of its own.
  const isValue = (word: string, i: number): boolean => !word.startsWith('-') && /^--[^=]+$/.test(words[i - 1] ?? '');
  return words.filter((word, i) => !isKnown.test(word) && !isValue(word, i)).map((word) => `unknown option ${word}`);
}

describe("Octopus's commands", () => {
  it.each(titled(products))('%s (%s) exist, with these options', (command) => {
    expect(problemsOf(command)).toEqual([]);
  });

  it('are checked against the table', () => {
    const { windows: command } = tentacleCommand('configure --trsut=X');
    expect(problemsOf(command)).toHaveLength(1);
    expect(problemsOf(tentacleCommand('reconfigure').linux)).toHaveLength(1);
  });

  it('never stand without the path of their program', () => {
    const bare = all.filter(({ command }) => /^(?:sudo )?(?:Tentacle|Octopus\.Server)(?:\.exe)?\s/.test(command));
    expect(bare).toEqual([]);
  });
});

/** The command names of a PowerShell pipeline, also in its script blocks. */
function cmdletsOf(command: string): string[] {
  const names = [...withoutQuotations(command).matchAll(/(?:^|[|{;])\s*(?:&\s*''|([^\s;]+))/g)].map(
    ([, name = '']) => name,
  );
  // A script block may also be an expression.
  return names.filter((name) => name !== '' && !name.startsWith('$'));
}

describe('a command for Windows', () => {
  it.each(titled(windows.filter((printed) => !isOwn(printed) && !isProduct(printed))))(
    '%s (%s) consists of known cmdlets and programs, in the form of PowerShell 5.1',
    (command) => {
      expect(cmdletsOf(command).filter((name) => !(name in WINDOWS_COMMANDS))).toEqual([]);
      // An ampersand elsewhere is an error, "powershell" starts another shell, and these names alone are other commands.
      expect(withoutQuotations(command)).not.toMatch(/(?<!^|[{|]\s*)&/);
      expect(command).not.toMatch(/^(?:powershell|curl|type|sc)\s/i);
    },
  );

  // Its parser also accepts the operators of later versions, which the test above finds.
  if (POWERSHELL !== undefined)
    it('is read by PowerShell without an error', { timeout: 120_000 }, () => {
      const script = [
        '$errors = $null',
        'foreach ($line in [Console]::In.ReadToEnd() -split "`n") {',
        '  [void][System.Management.Automation.Language.Parser]::ParseInput($line, [ref]$null, [ref]$errors)',
        '  foreach ($e in $errors) { "$line : $($e.Message)" }',
        '}',
      ].join('\n');
      const input = windows.map(({ command }) => command).join('\n');
      const { stdout, status } = spawnSync(POWERSHELL, ['-NoProfile', '-Command', script], { input, encoding: 'utf8' });
      expect([status, stdout]).toEqual([0, '']);
    });
});

/** The program of a command line for sh, behind sudo. */
function programOf(command: string): string {
  return wordsOf(command).find((word) => word !== 'sudo') ?? '';
}

/** What programs print about arguments that they do not understand. */
const USAGE =
  /usage:|(?:invalid|unrecognized|unknown|illegal) (?:option|argument|command)|syntax error|is unknown|garbage/i;

/** The same command, as root and with a time limit where the program has one. */
function bounded(command: string): string {
  return command.replace(/^sudo /, '').replace(/^curl /, 'curl --max-time 1 ');
}

describe('a command for Linux', () => {
  it.each(titled(linux))('%s (%s) is read by sh without an error', (command) => {
    const { status, stderr } = spawnSync('sh', ['-n', '-c', command], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  const foreign = linux.filter((printed) => !isOwn(printed) && !isProduct(printed));
  it.each(titled(foreign))('%s (%s) names a known program', (command) => {
    expect(LINUX_COMMANDS).toHaveProperty([programOf(command)]);
  });

  for (const { command, sources } of foreign) {
    const name = programOf(command);
    if (LINUX_COMMANDS[name]?.runs !== true) continue;
    const title = `${command} (${sources[0] ?? ''}) is understood by its program`;
    it.skipIf(name !== 'ulimit' && isMissing(name))(title, () => {
      const { stderr } = spawnSync('sh', ['-c', bounded(command)], { encoding: 'utf8', timeout: 10_000 });
      expect(stderr).not.toMatch(USAGE);
    });
  }
});
