import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, command, startPong } from '../binaries/command.js';
import { freePort } from '../free-port.js';
import { itWith } from '../real-components.js';
import { prometheusProgram, promtool } from './prometheus-programs.js';

describe('tentacle-ping --metrics-file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tentacle-metrics-'));
  const file = join(folder, 'tentacle.prom');
  const targets = join(folder, 'targets.txt');
  let pong: Command & { port: number };
  let refused = '';
  const works = (): string => `127.0.0.1:${pong.port}`;

  beforeAll(async () => {
    pong = await startPong();
    refused = `127.0.0.1:${await freePort()}`;
    writeFileSync(targets, `${works()}\n${refused}\n`);
  });

  afterAll(async () => {
    pong.process.kill('SIGTERM');
    await pong.ended;
  });

  it('has the metrics of one target, and no former content', async () => {
    writeFileSync(file, 'former 1\n');
    const { status } = await command('ping', [works(), '--count', '2', '-i', '0', '--metrics-file', file]).ended;
    expect(status).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(`tentacle_probe_success{target="${works()}"} 1\n`);
    expect(text).toContain(`tentacle_probe_duration_seconds{target="${works()}",stage="tls"} `);
    expect(text).not.toContain('former');
    expect(text).not.toContain('tentacle_probe_number');
  });

  it('has the metrics of several targets, and no other file beside it', async () => {
    const { status } = await command('ping', ['--targets', targets, '--quiet', '--metrics-file', file]).ended;
    expect(status).toBe(3);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(`tentacle_probe_success{target="${works()}"} 1\n`);
    expect(text).toContain(`tentacle_probe_failure{target="${refused}",id="tcp.refused"} 1\n`);
    expect(readdirSync(folder).sort()).toEqual(['targets.txt', 'tentacle.prom']);
  });

  itWith(prometheusProgram('promtool'), 'passes promtool', async () => {
    await command('ping', ['--targets', targets, '--quiet', '--metrics-file', file]).ended;
    expect(promtool(['check', 'metrics'], undefined, readFileSync(file, 'utf8'))).toEqual({ status: 0, text: '' });
  });

  itWith(prometheusProgram('prometheus-node-exporter'), 'is read by node_exporter', async () => {
    await command('ping', ['--targets', targets, '--quiet', '--metrics-file', file]).ended;
    const address = `127.0.0.1:${await freePort()}`;
    const exporter = spawn(prometheusProgram('prometheus-node-exporter').path, [
      '--collector.disable-defaults',
      '--collector.textfile',
      `--collector.textfile.directory=${folder}`,
      `--web.listen-address=${address}`,
    ]);
    const text = await answerOf(`http://${address}/metrics`).finally(() => exporter.kill());
    expect(text).toContain(`tentacle_probe_success{target="${works()}"} 1\n`);
    expect(text).toMatch(/^node_textfile_scrape_error 0$/m);
    expect(text).toContain(`node_textfile_mtime_seconds{file="${file}"}`);
  });

  it.each([
    ['another ending', () => join(folder, 'tentacle.txt')],
    ['no folder', () => join(folder, 'none', 'tentacle.prom')],
  ])('rejects %s before any attempt', async (_, path) => {
    const { status, stderr } = await command('ping', [works(), '--count', '1', '--metrics-file', path()]).ended;
    expect(status).toBe(2);
    expect(stderr).toContain('--metrics-file');
    expect(existsSync(path())).toBe(false);
  });

  it('has exit status 1 where the file cannot be replaced', async () => {
    const path = join(folder, 'folder.prom');
    mkdirSync(join(path, 'full'), { recursive: true });
    const { status, stderr } = await command('ping', [works(), '--count', '1', '--metrics-file', path]).ended;
    expect(status).toBe(1);
    expect(stderr).toContain('--metrics-file');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('rejects --all-addresses, which has several results for one target', async () => {
    const { status } = await command('ping', [works(), '--all-addresses', '--metrics-file', file]).ended;
    expect(status).toBe(2);
  });
});

/** Asks until the server answers: it has just been started. */
async function answerOf(url: string): Promise<string> {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return response.text();
  }
}
