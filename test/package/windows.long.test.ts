import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith, program } from '../real-components.js';
import { builtPackages, DIST } from './built-packages.js';
import { Wine, wine } from './wine.js';

const PING = join(DIST, 'executables/win-x64/tentacle-ping.exe');
const PONG = join(DIST, 'executables/win-x64/tentacle-pong.exe');

const LOG = [
  '2026-11-27 22:28:19.5154   1897      6  INFO  listener started',
  '2026-11-27 22:28:20.5154   1897      6 ERROR  No connection could be made because the target machine actively refused it. 192.0.2.10:10933',
].join('\r\n');

const needs = [builtPackages, wine, program('python3')].find(({ missing }) => missing !== undefined);

describeWith(needs, 'the executables for Windows, in Wine', () => {
  let windows: Wine;
  beforeAll(async () => {
    windows = await Wine.start();
  });
  afterAll(async () => windows.stop());

  it('show their version and help', async () => {
    const { status, stdout } = await windows.run(PING, ['--version']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^tentacle-ping .*win32 x64\)/)]);
    expect((await windows.run(PONG, ['--help'])).status).toBe(0);
  });

  it('measure and diagnose as a pair, keep their identity, and record on a drive', async () => {
    const pong = windows.begin(PONG, ['--port', '0', '--json']);
    const [, port = ''] = await pong.printed(/"port":(\d+)/);
    const target = `127.0.0.1:${port}`;
    const record = ['--record', 'C:\\ping.ndjson'];
    const first = await windows.run(PING, [target, '--count', '3', '--json', ...record]);
    const report = JSON.parse(first.stdout) as { verdict: object; peer: { ownThumbprint: string } };
    expect(report).toMatchObject({ verdict: { id: 'ok' }, attempts: { ok: 3 } });
    expect(readFileSync(windows.file('ping.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(5);
    const second = await windows.run(PING, ['diagnose', target, '--json']);
    expect(JSON.parse(second.stdout)).toMatchObject({ verdict: { id: 'ok' } });
    expect(second.stdout).toContain(report.peer.ownThumbprint);
    const taken = await windows.run(PONG, ['--port', port]);
    expect([taken.status, taken.stderr]).toEqual([1, expect.stringContaining(port)]);
  });

  it('explain logs in the encodings of Windows', async () => {
    writeFileSync(windows.file('utf16.txt'), `\uFEFF${LOG}`, 'utf16le');
    writeFileSync(windows.file('utf8.txt'), `\uFEFF${LOG}\r\n`);
    for (const name of ['utf16', 'utf8']) {
      const { status, stdout } = await windows.run(PING, ['explain', `C:\\${name}.txt`, '--json']);
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ lines: 2, matches: [{ id: 'tcp.actively-refused' }] });
    }
  });

  it('end with a summary at Ctrl+C', async () => {
    const text = await windows.runUntilCtrlC(PONG, ['--port', '0'], 'Ctrl+C');
    expect(text).toMatch(/No connections were received[\s\S]*exit status 0$/);
  });
});
