import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, type Command, type Ended, startPong } from '../binaries/command.js';

const folder = mkdtempSync(join(tmpdir(), 'tentacle-report-'));
const fileOf = (name: string): string => join(folder, name);
const OUT = fileOf('out.html');
const ping = async (...args: string[]): Promise<Ended> => command('ping', args).ended;

/** A password that no output may show. */
const CANARY = 'canary-4711-secret';

describe('tentacle-ping report', () => {
  let pong: Command & { port: number };
  let run: string;
  beforeAll(async () => {
    pong = await startPong('--bind', '127.0.0.1');
    run = (await ping(`127.0.0.1:${pong.port}`, '-c', '12', '-i', '0', '--json', '--record', fileOf('ping.ndjson')))
      .stdout;
    writeFileSync(fileOf('run.json'), run);
  }, 30_000);
  afterAll(async () => {
    pong.process.kill();
    await pong.ended;
  });

  it('writes a page of one run, and names it in its last line', async () => {
    const { status, stdout } = await ping('report', fileOf('run.json'), '--html', OUT);
    expect(status).toBe(0);
    expect(stdout).toContain(OUT);
    const page = readFileSync(OUT, 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain("default-src 'none'".replaceAll("'", '&#39;'));
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)[^<"\s]*"/);
  });

  it('writes the same attempts from the records of a run that was killed', async () => {
    const lines = readFileSync(fileOf('ping.ndjson'), 'utf8').split('\n');
    // Without the report at the end, and with an incomplete last line.
    writeFileSync(fileOf('killed.ndjson'), `${lines.slice(0, 10).join('\n')}\n${lines[10]?.slice(0, 30)}`);
    expect((await ping('report', fileOf('killed.ndjson'), '--html', OUT)).status).toBe(0);
    const page = readFileSync(OUT, 'utf8');
    expect(page.match(/data-outcome="ok"/g)).toHaveLength(9);
  });

  it('compares several runs', async () => {
    writeFileSync(fileOf('two.json'), run);
    expect((await ping('report', fileOf('run.json'), fileOf('two.json'), '--html', OUT)).status).toBe(0);
    const page = readFileSync(OUT, 'utf8');
    expect(page).toContain('id="comparison-b"');
    expect(page).toContain('class="second"');
  });

  it("writes a page of a run beside pong's summary, by compare and by report", async () => {
    const other = await startPong('--bind', '127.0.0.1');
    await ping(`127.0.0.1:${other.port}`, '-c', '3', '-i', '0', '--json', '-q', '--output', fileOf('here.json'));
    other.process.kill('SIGTERM');
    writeFileSync(fileOf('there.json'), (await other.ended).stdout.trimEnd().split('\n').at(-1) ?? '');
    const compared = await ping('compare', fileOf('here.json'), fileOf('there.json'), '--json', '--html', OUT);
    expect([compared.status, readFileSync(OUT, 'utf8')]).toEqual([0, expect.stringContaining('</html>')]);
    writeFileSync(fileOf('totals.json'), compared.stdout);
    expect(JSON.parse(compared.stdout)).toMatchObject({ schema: 'tentacle-ping/ends-totals/1' });
    expect((await ping('report', fileOf('totals.json'), '--html', OUT)).status).toBe(0);
    expect(readFileSync(OUT, 'utf8')).toContain('id="times"');
    expect((await ping('report', fileOf('here.json'), fileOf('there.json'), '--html', OUT)).status).toBe(0);
    expect(readFileSync(OUT, 'utf8')).toContain('id="result-1-times"');
  });

  it("writes a page of pong's output alone, which pong also writes itself", async () => {
    const other = await startPong('--bind', '127.0.0.1', '--html', fileOf('pong.html'));
    await ping(`127.0.0.1:${other.port}`, '-c', '12', '-i', '0', '-q');
    other.process.kill('SIGTERM');
    const { stdout, stderr } = await other.ended;
    expect(stderr).toContain(fileOf('pong.html'));
    writeFileSync(fileOf('pong.json'), stdout);
    expect((await ping('report', fileOf('pong.json'), '--html', OUT)).status).toBe(0);
    for (const page of [readFileSync(OUT, 'utf8'), readFileSync(fileOf('pong.html'), 'utf8')])
      for (const id of ['endings', 'stages', 'distributions', 'ending-served']) expect(page).toContain(`id="${id}"`);
    // Without its last line there is no result yet.
    writeFileSync(fileOf('started.json'), stdout.split('\n')[0] ?? '');
    expect((await ping('report', fileOf('started.json'), '--html', fileOf('none.html'))).status).toBe(2);
  });

  it("pong's --html with a path that cannot be written: it does not listen; without a port, no page is left", async () => {
    const missing = await command('pong', ['--port', '0', '--html', join(folder, 'no', 'x.html')]).ended;
    expect([missing.status, missing.stdout]).toEqual([2, '']);
    const out = fileOf('busy.html');
    const busy = await command('pong', ['--port', String(pong.port), '--bind', '127.0.0.1', '--html', out]).ended;
    expect([busy.status, existsSync(out)]).toEqual([1, false]);
  });

  it('writes a page of the report of a polling pong', async () => {
    const args = ['--poll', '127.0.0.1:1', '--deadline', '1s', '--json', '--html', fileOf('poll.html')];
    writeFileSync(fileOf('poll.json'), (await command('pong', args).ended).stdout);
    expect((await ping('report', fileOf('poll.json'), '--html', OUT)).status).toBe(0);
    for (const file of [OUT, fileOf('poll.html')]) expect(readFileSync(file, 'utf8')).toContain('id="id-tcp-refused"');
  });

  it('writes a page of the JSON of explain', async () => {
    const { stdout } = await ping('explain', 'Connection refused 192.0.2.10:10933', '--json');
    writeFileSync(fileOf('explained.json'), stdout);
    expect((await ping('report', fileOf('explained.json'), '--html', OUT)).status).toBe(0);
    expect(readFileSync(OUT, 'utf8')).toContain('id="message-1"');
  });

  const broken: readonly (readonly [name: string, content: string | Buffer])[] = [
    ['empty', ''],
    ['text', 'verdict: the path works'],
    ['truncated', '{"schema":"tentacle-ping/report/1","target":'],
    ['list', '[]'],
    ['other-schema', '{"schema":"\\u001b[2J<script>"}'],
    ['no-schema', '{}'],
    ['no-parts', '{"schema":"tentacle-ping/report/1"}'],
    ['diagnosis-without-parts', '{"schema":"tentacle-ping/diagnosis/1"}'],
    ['targets-of-another-kind', '{"schema":"tentacle-ping/targets/1","targets":7}'],
    ['explanation-of-another-kind', '{"schema":"tentacle-ping/explanation/1","matches":7}'],
    ['summary-of-another-kind', '{"schema":"tentacle-pong/summary/1","endings":7,"connections":{}}'],
    ['poll-report-without-parts', '{"schema":"tentacle-pong/poll-report/1"}'],
    ['check-of-another-kind', '{"schema":"tentacle-pong/check/1","verdict":{"status":"x"},"groups":"<b>"}'],
    ['records-without-attempts', '{"schema":"tentacle-ping/records/1"}'],
    ['binary', Buffer.from([0, 1, 2, 255])],
  ];

  it.each(broken)('a file that is unusable (%s): one line, exit status 2, and no page', async (name, content) => {
    writeFileSync(fileOf(`${name}.json`), content);
    const out = fileOf(`${name}.html`);
    const { status, stderr } = await ping('report', fileOf(`${name}.json`), '--html', out);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
    expect(stderr).toContain(`${name}.json`);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    [['report', '--html', 'x.html']],
    [['report', 'x.json']],
    [['report', fileOf('run.json'), '--html', fileOf('run.json')]],
    [['report', fileOf('run.json'), '--html', join(folder, 'no', 'such', 'x.html')]],
    [['report', fileOf('run.json'), '--html', folder]],
    [['127.0.0.1:1', '-c', '1', '--redact']],
  ])('%j: one line, exit status 2', async (args) => {
    const { status, stderr } = await ping(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
  });

  it('--html with a path that cannot be written: nothing is sent', async () => {
    mkdirSync(fileOf('folder.html'));
    const { status, stdout } = await ping(`127.0.0.1:${pong.port}`, '-c', '1', '--html', fileOf('folder.html'));
    expect(status).toBe(2);
    expect(stdout).toBe('');
  });

  it('--html of a run that is stopped by Ctrl+C has what was measured', async () => {
    const running = command('ping', [`127.0.0.1:${pong.port}`, '-i', '10ms', '--html', fileOf('stopped.html')]);
    await running.printed(/\b3\s+ok\b/);
    running.process.kill('SIGINT');
    const { stdout } = await running.ended;
    expect(stdout.trimEnd().split('\n').at(-1)).toContain('stopped.html');
    expect(statSync(fileOf('stopped.html')).size).toBeGreaterThan(10_000);
  });

  it('no page has the password of the proxy', async () => {
    const env = { TENTACLE_PROXY_PASSWORD: CANARY, HTTPS_PROXY: `http://user:${CANARY}@127.0.0.1:1` };
    const args = [`127.0.0.1:${pong.port}`, '-c', '1', '--proxy', `http://user@127.0.0.1:${pong.port}`];
    for (const more of [[], ['--redact']]) {
      await command('ping', [...args, '--html', fileOf('proxy.html'), ...more], env).ended;
      await command(
        'ping',
        ['diagnose', ...args.slice(0, 1), ...args.slice(3), '--html', fileOf('proxy-diagnosis.html'), ...more],
        env,
      ).ended;
      for (const name of ['proxy.html', 'proxy-diagnosis.html']) {
        const page = readFileSync(fileOf(name), 'utf8');
        expect(page).toContain('***');
        for (const form of [
          CANARY,
          Buffer.from(CANARY).toString('hex'),
          Buffer.from(`user:${CANARY}`).toString('base64'),
        ])
          expect(page).not.toContain(form);
      }
    }
  });
});
