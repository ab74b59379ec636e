import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'tentacle-output-'));
const isWindows = process.platform === 'win32';

/** A port at which connections are refused. */
const REFUSED = 'localhost:1';

async function ping(...args: string[]) {
  return command('ping', args).ended;
}

describe('--output', () => {
  it('holds the JSON that would go to stdout, as UTF-8 without a byte order mark', async () => {
    const file = join(folder, 'report.json');
    const { status, stdout } = await ping(REFUSED, '-c', '1', '--json', '-q', '-o', file);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    const bytes = readFileSync(file);
    expect(bytes.subarray(0, 1).toString()).toBe('{');
    expect(JSON.parse(bytes.toString())).toMatchObject({ schema: 'tentacle-ping/report/1', attempts: { sent: 1 } });
  });

  it('holds the text, with every attempt', async () => {
    const file = join(folder, 'report.txt');
    const { stdout } = await ping(REFUSED, '-c', '2', '-i', '0', '--output', file);
    expect(stdout).toBe('');
    const text = readFileSync(file, 'utf8');
    expect(text.match(/tcp\.refused/g)?.length).toBeGreaterThan(2);
    expect(text).not.toContain('\u001b');
  });

  it.each([
    ['explain', 'tcp.refused', '--json'],
    ['check', '--only', 'policy', '--json'],
    ['diagnose', REFUSED, '--json', '-q'],
  ])('is an option of %s', async (...args) => {
    const file = join(folder, `${args[0]}.json`);
    const { stdout } = await ping(...args, '--output', file);
    expect(stdout).toBe('');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('schema');
  });

  it('of tentacle-pong holds both of its lines', async () => {
    const file = join(folder, 'pong.json');
    const args = ['--port', '0', '--bind', '127.0.0.1', '--deadline', '1ms', '--json', '--output', file];
    const { status, stdout } = await command('pong', args).ended;
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(2);
  });

  it('replaces a longer file, which may be the input of the command', async () => {
    const file = join(folder, 'log.txt');
    writeFileSync(file, 'No such host is known\n'.repeat(1000));
    const { status } = await ping('explain', file, '--json', '--output', file);
    expect(status).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ lines: 1000 });
  });

  it('that is - is stdout', async () => {
    const { stdout } = await ping('explain', 'tcp.refused', '--json', '--output', '-');
    expect(JSON.parse(stdout)).toHaveProperty('schema');
    expect(existsSync('-')).toBe(false);
  });

  mkdirSync(join(folder, 'a folder'));
  it.each([
    [join(folder, 'a folder'), 'a folder'],
    [join(folder, 'none', 'x.json'), 'x.json'],
    ['', '""'],
  ])('that cannot be written is reported before anything is sent: %j', async (path, named = '') => {
    const { status, stdout, stderr } = await ping(REFUSED, '-c', '1', `--output=${path}`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^tentacle-ping: --output[^\n]*\n$/);
    expect(stderr).toContain(named);
  });

  it('is not left behind where the arguments are invalid', async () => {
    const file = join(folder, 'invalid.json');
    expect((await ping(REFUSED, '-c', '0', '--output', file)).status).toBe(2);
    expect(existsSync(file)).toBe(false);
  });

  it('cannot be the file of --record', async () => {
    const file = join(folder, 'same.json');
    const { status, stderr } = await ping(REFUSED, '--record', file, '--output', file);
    expect(status).toBe(2);
    expect(stderr).toContain('--record');
  });

  it.skipIf(isWindows || !existsSync('/dev/full'))('on a full disk: the results follow on stderr', async () => {
    const { status, stdout, stderr } = await ping('explain', 'tcp.refused', '--json', '--output', '/dev/full');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^tentacle-ping: --output: "\/dev\/full" .*the disk is full.*\n\{"schema".*\}\n$/);
  });
});
