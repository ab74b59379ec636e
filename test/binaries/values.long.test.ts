import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command, startPong } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'tentacle-values-'));

/** A port at which connections are refused. */
const REFUSED = 'localhost:1';

async function ping(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return command('ping', args, env).ended;
}

/** What pong with few connections at a time, or none, shows to a run. */
async function withPong<T>(work: (target: string) => Promise<T>): Promise<T> {
  const pong = await startPong('--bind', '127.0.0.1');
  try {
    return await work(`127.0.0.1:${pong.port}`);
  } finally {
    pong.process.kill();
    await pong.ended;
  }
}

const rowsOf = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split('\r\n')
    .map((row) => row.split(','));

describe('--csv', () => {
  it('writes a row for each attempt, also in a pipe, and the report to stderr', async () => {
    await withPong(async (target) => {
      const { status, stdout, stderr } = await ping([target, '-c', '3', '-i', '0', '--csv']);
      expect(status).toBe(0);
      const [head = [], ...rows] = rowsOf(stdout);
      expect(head.slice(0, 4)).toEqual(['number', 'startedAt', 'outcome', 'address']);
      expect(rows.map((row) => row.slice(0, 1).concat(row[2] ?? ''))).toEqual([
        ['1', 'ok'],
        ['2', 'ok'],
        ['3', 'ok'],
      ]);
      for (const row of rows) {
        const sum = head.reduce((us, name, i) => (/^(?!total).*Us$/.test(name) ? us + Number(row[i]) : us), 0);
        expect(sum).toBe(Number(row[head.indexOf('totalUs')]));
      }
      expect(stderr).toContain('3 ok');
    });
  });

  it('has the failure of an attempt', async () => {
    const { status, stdout } = await ping([REFUSED, '-c', '1', '--csv', '-q']);
    expect(status).toBe(1);
    const [head = [], row = []] = rowsOf(stdout);
    expect(row[head.indexOf('outcome')]).toBe('tcp.refused');
    expect(row[head.indexOf('failedStage')]).toBe('tcp');
    expect(row[head.indexOf('tlsUs')]).toBe('');
  });

  it('writes a row for each target', async () => {
    await withPong(async (target) => {
      const { status, stdout } = await ping([target, REFUSED, '--csv', '-q']);
      expect(status).toBe(3);
      const [head = [], ...rows] = rowsOf(stdout);
      expect(rows.map((row) => row[head.indexOf('verdict')])).toEqual(['ok', 'tcp.refused']);
    });
  });

  it.each([
    [[REFUSED, '--csv', '--json'], '--json'],
    [[REFUSED, '--csv', '--idle'], '--idle'],
    [[REFUSED, '--csv', '--sizes'], '--sizes'],
    [['explain', 'tcp.refused', '--csv'], '--csv'],
  ])('%j: one line, exit status 2', async (args, part) => {
    const { status, stderr } = await ping(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
    expect(stderr).toContain(part);
  });
});

describe('the exit status', () => {
  it('differs for all failed, and for some failed or a threshold that was not met', async () => {
    await withPong(async (target) => {
      const run = async (...args: string[]): Promise<number | null> => (await ping([...args, '-q'])).status;
      expect(await run(target, '-c', '1')).toBe(0);
      expect(await run(REFUSED, '-c', '1')).toBe(1);
      expect(await run(REFUSED, '-c', '1', '--max-loss', '99%')).toBe(1);
      expect(await run(target, REFUSED)).toBe(3);
      expect(await run(REFUSED, 'localhost:2')).toBe(1);
      expect(await run(target, '-c', '1', '--max-p99', '1us')).toBe(3);
      expect(await run(target, '-c', '1', '--max-p50', '1us')).toBe(3);
      expect(await run(target, '-c', '1', '--max-p50', '1m', '--max-p99', '1m', '--max-loss', '0')).toBe(0);
    });
  });

  it('has its thresholds in the report, with what was measured', async () => {
    const args = [REFUSED, '-c', '2', '-i', '0', '--max-loss', '0.5%', '--max-p99', '50ms', '--json', '-q'];
    const { stdout } = await ping(args);
    expect((JSON.parse(stdout) as { thresholds: unknown }).thresholds).toEqual([
      { name: 'max-loss', unit: 'percent', limit: 0.5, measured: 100, isMet: false },
      { name: 'max-p99', unit: 'us', limit: 50_000, isMet: false },
    ]);
  });

  it.each([
    ['--max-loss', '100%'],
    ['--max-loss', '-1%'],
    ['--max-loss', 'x'],
    ['--max-p99', '0'],
    ['--max-p50', 'x'],
  ])('%s %s is not valid', async (option, value) => {
    const { status, stderr } = await ping([REFUSED, `${option}=${value}`]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
    expect(stderr).toContain(option);
  });

  it.each(['--idle', '--sizes'])('has no thresholds with %s', async (mode) => {
    const { status, stderr } = await ping([REFUSED, mode, '--max-loss', '1%']);
    expect(status).toBe(2);
    expect(stderr).toContain('--max-loss');
  });
});

describe('defaults', () => {
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const file = write('all.yaml', '# for every run\ncount: 3\ninterval: 0\nreuse: true\nquiet: true\nbind: 127.0.0.1\n');
  const sentWith = async (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> => {
    const { stdout } = await ping([REFUSED, '--json', ...args], env);
    const { attempts, plan } = JSON.parse(stdout) as { attempts: { sent: number }; plan: { reuse: boolean } };
    expect(plan.reuse).toBe(true);
    return attempts.sent;
  };

  it('come from the command line before a variable before a file', async () => {
    expect(await sentWith(['--defaults', file])).toBe(3);
    expect(await sentWith(['--defaults', file], { TENTACLE_PING_COUNT: '2' })).toBe(2);
    expect(await sentWith(['-c', '1'], { TENTACLE_PING_COUNT: '2', TENTACLE_PING_DEFAULTS: file })).toBe(1);
  });

  it('are read from JSON, in which numbers and flags need no quotes', async () => {
    expect(await sentWith(['--defaults', write('all.json', '{"count": 2, "interval": "0", "reuse": true}')])).toBe(2);
  });

  it('of other commands have no effect', async () => {
    const { status } = await ping(['explain', 'tcp.refused', '--defaults', file], { TENTACLE_PING_COUNT: 'x' });
    expect(status).toBe(0);
  });

  it('do not include what Kubernetes sets beside a service of that name', async () => {
    const { status } = await command('pong', ['--port', '0', '--bind', '127.0.0.1', '--deadline', '1ms'], {
      TENTACLE_PONG_SERVICE_HOST: '10.0.0.1',
      TENTACLE_PONG_SERVICE_PORT: '10933',
      TENTACLE_PONG_PORT: 'tcp://10.0.0.1:10933',
      TENTACLE_PONG_PORT_10933_TCP_ADDR: '10.0.0.1',
    }).ended;
    expect(status).toBe(0);
  });

  it.each([
    ['a misspelled option', 'cuont: 3', 'did you mean count?'],
    ['a misspelled option of another command', 'truts: 3', 'did you mean trust?'],
    ['a value out of range', 'count: 0', '--count: "0"'],
    ['a flag with another value', 'reuse: maybe', '"maybe"'],
    ['several values', 'count: [1, 2]', '--count'],
    ['a map', 'count: {a: 1}', '"count"'],
    ['no value', 'count:', '--count'],
    ['a repeated key', 'count: 1\ncount: 2', 'line 2'],
    ['references', 'count: &c 1\ninterval: *c', 'no options'],
    ['a list', '- count', 'no options'],
    ['neither YAML nor JSON', '{"count": 1', 'line'],
    ['a prototype', '__proto__: 1', '"__proto__"'],
    ['an option that is read first', 'color: never', 'NO_COLOR'],
    ['a password', 'proxy: http://user:geheim@proxy:3128', '--proxy-password-file'],
    ['a secret', 'passphrase: geheim', '--passphrase-file'],
  ])('in a file with %s: one line that names the file, exit status 2', async (name, text, part) => {
    const path = write(`${name}.yaml`, text);
    const { status, stdout, stderr } = await ping([REFUSED, '--defaults', path]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
    for (const shown of [part, `${name}.yaml`]) expect(stderr).toContain(shown);
    expect(stderr).not.toContain('geheim');
  });

  it.each([
    ['TENTACLE_PING_CUONT', '3', 'TENTACLE_PING_COUNT'],
    ['TENTACLE_PING_COUNT', '-3', '--count'],
    ['TENTACLE_PING_REUSE', 'maybe', '"maybe"'],
    ['TENTACLE_PING_DEFAULTS', '/no/such/file', 'no such file'],
  ])('in the variable %s=%s: one line that names it, exit status 2', async (variable, value, part) => {
    const { status, stdout, stderr } = await ping([REFUSED], { [variable]: value });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
    expect(stderr).toContain(part);
    if (variable !== 'TENTACLE_PING_DEFAULTS') expect(stderr).toContain(variable);
  });
});
