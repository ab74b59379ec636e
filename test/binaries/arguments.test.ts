import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command, home } from './command.js';

describe.each([
  ['ping', 'diagnose'],
  ['ping', 'explain'],
  ['ping', 'compare'],
  ['ping', '--listen'],
  ['pong', '--poll=server'],
] as const)('tentacle-%s %s', (name, word) => {
  it('shows a help of its own, for the narrowest terminal', async () => {
    const { status, stdout } = await command(name, [word, '--help']).ended;
    expect(status).toBe(0);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(81);
  });
});

describe.each(['ping', 'pong'] as const)('tentacle-%s', (name) => {
  it('shows its help, with commands and exit status', async () => {
    const { status, stdout, stderr } = await command(name, ['--help']).ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^ {2}tentacle-${name} .*`, 'm'));
    expect(stdout).toMatch(/Exit status: 0/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(81);
  });

  it('shows its version', async () => {
    const { status, stdout } = await command(name, ['--version']).ended;
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  const target = name === 'ping' ? ['localhost'] : [];
  const garbage = join(home, `${name}-garbage.pem`);
  writeFileSync(garbage, 'this is no certificate\n');
  mkdirSync(join(home, `${name}-folder.pem`), { recursive: true });

  it.each([
    [['--no-such-option'], /no option --no-such-option/],
    [['--cert', '/no/such/file.pem'], /file\.pem/],
    [['--cert', garbage], /garbage\.pem/],
    [['--cert', join(home, `${name}-folder.pem`)], /folder\.pem/],
    [['--pfx', garbage], /garbage\.pem/],
    [['--passphrase-file', '/no/such/passphrase'], /passphrase/],
    name === 'ping' ? [['--count', '-1'], /--count/] : [['--port', '70000'], /--port/],
    name === 'ping' ? [['--interval', 'x'], /--interval/] : [['--for', 'x'], /--for/],
    name === 'ping' ? [['--thumbprint', 'xyz'], /thumbprint/] : [['--trust', 'xyz'], /trust/],
  ])('%j: one line, exit status 2', async (args, what) => {
    const { status, stdout, stderr } = await command(name, [...target, ...args]).ended;
    expect(stderr).toMatch(what);
    expect(stderr).toMatch(new RegExp(`^tentacle-${name}: [^\\n]+\\n$`));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

describe('polling', () => {
  it('ping that listens has a help of its own', async () => {
    const { status, stdout, stderr } = await command('ping', ['--listen', '--help']).ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^tentacle-ping --listen \[PORT\]\n/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(81);
  });

  it.each([
    [['--listen', 'web01'], /--listen "web01" will not do; give a whole number from 0 to 65535/],
    [['web01', '--listen'], /--listen waits for pollers and takes no host: what is "web01"\?/],
    [['--listen=0', '--thumbprint', 'A'.repeat(40)], /no option --thumbprint; see tentacle-ping --listen --help/],
    [['--listen=0', '--trust', 'xyz'], /--trust "xyz"/],
    [['--listen=0', '--keep-alive', '0'], /--keep-alive 0 leaves no time/],
    [['--listen=0', '--subscription', 'poll:// x'], /--subscription "poll:\/\/ x" is none/],
    [['--listen=0', '--bind', 'localhost'], /--bind "localhost" is no IP address/],
  ])('ping %j: one line, exit status 2', async (args, what) => {
    const { status, stdout, stderr } = await command('ping', args).ended;
    expect(stderr).toMatch(what);
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('a port that is taken is told with its holder, and what to do', async () => {
    const first = command('ping', ['--listen=0', '--bind', '127.0.0.1']);
    const [, port = ''] = await first.printed(/on port (\d+)/);
    const { status, stderr } = await command('ping', [`--listen=${port}`, '--bind', '127.0.0.1']).ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^tentacle-ping: .*\\b${port}\\b.* --listen 10944\n$`));
    first.process.kill();
  });
});
