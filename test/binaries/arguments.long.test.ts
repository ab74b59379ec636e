import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { PONG } from '../../packages/pong/src/options/definition.js';
import { helpText } from '../../packages/protocol/src/cli/help.js';
import { command, home } from './command.js';

/** Without a terminal, texts are laid out for this width. */
const WIDTH = 80;

/** The first screen of the help fits on one of a remote console. */
const SCREEN_LINES = 45;

const linesOf = (text: string): string[] => text.trimEnd().split('\n');

describe.each([
  ['ping', PING],
  ['pong', PONG],
] as const)('tentacle-%s', (name, program) => {
  const subjects = [...Object.keys(program.topics), 'all'];

  it('shows its help on one screen, with examples and exit status', async () => {
    const { status, stdout, stderr } = await command(name, ['--help']).ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(`${helpText(program, undefined, WIDTH)}\n`);
    expect(linesOf(stdout).length).toBeLessThanOrEqual(SCREEN_LINES);
    for (const [example] of program.commands[0].examples) expect(stdout).toContain(`  ${example}`);
    expect(stdout).toContain('Exit status: 0');
  });

  it.each(subjects)('shows help on %s, as --help TOPIC and as help TOPIC', async (subject) => {
    const [option, word] = await Promise.all([
      command(name, ['--help', subject]).ended,
      command(name, ['help', subject]).ended,
    ]);
    expect(option).toEqual(word);
    expect(option).toEqual({ status: 0, stdout: `${helpText(program, subject, WIDTH)}\n`, stderr: '' });
  });

  it.each([40, 80, 200])('lays out all help for %i columns', (width) => {
    for (const subject of [undefined, ...subjects, ...program.commands.flatMap(({ name }) => name || [])]) {
      const lines = linesOf(helpText(program, subject, width));
      // Commands and the terms of options are not wrapped.
      const unbreakable = lines.filter(
        (line) => /^ {2}(?:\S.*|tentacle-.*| {4}--\S+ \S+)$/.test(line) || !line.trim().includes(' '),
      );
      for (const line of lines.filter((line) => !unbreakable.includes(line)))
        expect(line.length, line).toBeLessThanOrEqual(width);
      if (width >= WIDTH) for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(width);
    }
  });

  it('lists every option under --help all', () => {
    const text = helpText(program, 'all', WIDTH);
    for (const { options } of program.commands)
      for (const [option, { alias }] of Object.entries(options))
        for (const word of [option, alias ?? []].flat())
          expect(text).toContain(word.length === 1 ? `-${word}` : `--${word}`);
  });

  it('shows its version with that of Node and OpenSSL, and the platform', async () => {
    const { status, stdout } = await command(name, ['--version']).ended;
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^tentacle-${name} \\d+\\.\\d+\\.\\d+ \\(`));
    for (const part of [process.version, process.versions.openssl, `${process.platform} ${process.arch}`])
      expect(stdout).toContain(part);
  });

  it('prints a completion script', async () => {
    const { status, stdout } = await command(name, ['completion', 'bash']).ended;
    expect(status).toBe(0);
    expect(stdout).toContain(`complete -F _tentacle_${name} tentacle-${name}`);
  });

  const target = name === 'ping' ? ['localhost'] : [];
  const garbage = join(home, `${name}-garbage.pem`);
  writeFileSync(garbage, 'this is not a certificate\n');
  mkdirSync(join(home, `${name}-folder.pem`), { recursive: true });

  it.each([
    [['--no-such-option'], '--no-such-option'],
    [['--cert', '/no/such/file.pem'], 'file.pem'],
    [['--cert', garbage], 'garbage.pem'],
    [['--cert', join(home, `${name}-folder.pem`)], 'folder.pem'],
    [['--pfx', garbage], 'garbage.pem'],
    [['--passphrase-file', '/no/such/passphrase'], 'passphrase'],
    name === 'ping' ? [['--count', '-1'], '--count: "-1"'] : [['--port', '70000'], '--port: "70000"'],
    name === 'ping' ? [['--interval', 'x'], '--interval: "x"'] : [['--deadline', 'x'], '--deadline: "x"'],
    name === 'ping' ? [['--thumbprint', 'xyz'], '--thumbprint: "xyz"'] : [['--trust', 'xyz'], '--trust: "xyz"'],
    name === 'ping' ? [['--cuont', '3'], 'did you mean --count?'] : [['--prot', '3'], 'did you mean --port'],
    [['help', 'nothing-like-it'], '"nothing-like-it"'],
  ])('%j: one line, exit status 2', async (args, part) => {
    const { status, stdout, stderr } = await command(name, args[0] === 'help' ? args : [...target, ...args]).ended;
    expect(stderr).toContain(part);
    expect(stderr).toMatch(new RegExp(`^tentacle-${name}: [^\\n]+\\n$`));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

describe('commands of ping', () => {
  it.each(['diagnose', 'explain', 'compare', 'listen'])('%s has a help of its own', async (name) => {
    const { status, stdout } = await command('ping', [name, '--help']).ended;
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${helpText(PING, name, WIDTH)}\n` });
  });

  it.each([
    [['diagnos', 'web01'], 'did you mean diagnose?'],
    [['explain', 'tcp.refuse'], 'did you mean tcp.refused?'],
    [['explain', '--json', 'tpc.refused'], 'did you mean tcp.refused?'],
    [['explian', 'x.log'], 'did you mean explain?'],
    [['compar', 'a', 'b'], 'did you mean compare?'],
    [['lisen'], 'did you mean listen?'],
    [['hepl'], 'did you mean help?'],
    [['localhost', '10933'], 'host:10933'],
    [['diagnose', 'localhost', '--upload', '1MB'], '--upload is not an option of diagnose'],
    [['C:\\logs\\OctopusServer.txt'], 'explain FILE'],
    [['OctopusServer.txt'], 'explain FILE'],
    [['--quiet', 'web01', 'web02', '--diagnose'], '--diagnose'],
    [['diagnose'], 'tentacle-ping diagnose HOST'],
    [['compare'], 'tentacle-ping compare'],
  ])('%j: one line, exit status 2', async (args, part) => {
    const { status, stdout, stderr } = await command('ping', args).ended;
    expect(stderr).toContain(part);
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

describe('words of pong', () => {
  it.each([
    [['10945'], '--port 10945'],
    [['poll', 'octopus01'], '--poll octopus01'],
    [['listen', '10945'], '--port 10945'],
    [['-p'], 'as in --port 10934'],
    [['--poll', '\\\\server\\share'], 'use server:10943'],
    [['--passphrase', 'x'], 'TENTACLE_PASSPHRASE'],
  ])('%j: one line, exit status 2', async (args, part) => {
    const { status, stdout, stderr } = await command('pong', args).ended;
    expect(stderr).toContain(part);
    expect(stderr).toMatch(/^tentacle-pong: [^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

describe('polling', () => {
  it('--listen shows the help of listen', async () => {
    const { status, stdout } = await command('ping', ['--listen', '--help']).ended;
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${helpText(PING, 'listen', WIDTH)}\n` });
  });

  it.each([
    [
      ['--listen', 'web01'],
      ['"web01"', '0 to 65535'],
    ],
    [['web01', '--listen'], ['"web01"']],
    [
      ['listen', '70000'],
      ['"70000"', '0 to 65535'],
    ],
    [['listen', '0', 'web01'], ['"web01"']],
    [['--listen=0', '--thumbprint', 'A'.repeat(40)], ['--thumbprint is not an option of listen']],
    [
      ['--listen=0', '--trust', 'xyz'],
      ['--trust', '"xyz"'],
    ],
    [
      ['--listen=0', '--keep-alive', '0'],
      ['--keep-alive', '1ms'],
    ],
    [
      ['--listen=0', '--subscription', 'poll:// x'],
      ['--subscription', '"poll:// x"', 'poll://ID/'],
    ],
    [
      ['--listen=0', '--bind', 'localhost'],
      ['--bind', '"localhost"', '127.0.0.1'],
    ],
  ])('ping %j: one line, exit status 2', async (args, parts) => {
    const { status, stdout, stderr } = await command('ping', args).ended;
    for (const part of parts) expect(stderr).toContain(part);
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it.each([['--listen=0'], ['--listen', '0'], ['listen', '0']])(
    'a port that is taken is reported with another to use: %j',
    async (...args) => {
      const first = command('ping', [...args, '--bind', '127.0.0.1', '--json']);
      const [, port = ''] = await first.printed(/on port (\d+)/);
      const { status, stderr } = await command('ping', [`--listen=${port}`, '--bind', '127.0.0.1']).ended;
      expect(status).toBe(1);
      expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
      for (const part of [port, '--listen 10944']) expect(stderr).toContain(part);
      first.process.kill();
      await first.ended;
    },
  );
});
