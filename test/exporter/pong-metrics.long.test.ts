import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command, startPong } from '../binaries/command.js';
import { SECRET_HASH } from './web-config-text.js';

/** The port for metrics, from a note in the log. */
const METRICS = /Metrics: (https?:\/\/[\d.:]+)\/metrics/;

/** The value of a series. */
function valueOf(text: string, series: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.slice(series.length));
}

describe('tentacle-pong --metrics-port', () => {
  it('counts connections by ending, durations, calls and limits', async () => {
    const pong = await startPong('--metrics-port', '0', '--transfer-limit', '1KB');
    const [, url = ''] = await pong.printed(METRICS);
    const target = `127.0.0.1:${pong.port}`;
    expect((await command('ping', [target, '--count', '3', '--quiet', '--interval', '0']).ended).status).toBe(0);
    await command('ping', [target, '--upload', '1MB', '--quiet']).ended;
    await new Promise<void>((resolve) => {
      const socket = connect(pong.port, '127.0.0.1', () => socket.end('GET / HTTP/1.1\r\n\r\n'));
      socket.resume().on('close', () => resolve());
    });
    const text = await metricsWith(url, /ending="not-tls\.http"\} 1$/m);
    expect(valueOf(text, 'tentacle_pong_connections_ended_total{ending="not-tls.http"}')).toBe(1);
    expect(valueOf(text, 'tentacle_pong_connections_ended_total{ending="served"}')).toBeGreaterThanOrEqual(3);
    expect(valueOf(text, 'tentacle_pong_transfers_limited_total{result="refused"}')).toBe(1);
    expect(valueOf(text, 'tentacle_pong_limits_reached_total{limit="too-many-connections"}')).toBe(0);
    expect(valueOf(text, 'tentacle_pong_stage_duration_seconds_count{stage="tls"}')).toBeGreaterThanOrEqual(3);
    const ended = [...text.matchAll(/^tentacle_pong_connections_ended_total\{.*\} (\d+)$/gm)];
    const total = ended.reduce((sum, [, count]) => sum + Number(count), 0);
    expect(valueOf(text, 'tentacle_pong_connection_duration_seconds_count')).toBe(total);
    expect(text).not.toContain('127.0.0.1');
    pong.process.kill('SIGTERM');
    expect((await pong.ended).status).toBe(0);
  });

  it('counts the connections of polling', async () => {
    const server = command('ping', ['listen', '0', '--bind', '127.0.0.1']);
    const [, port = ''] = await server.printed(/port (\d+)/);
    const pong = command('pong', ['--poll', `127.0.0.1:${port}`, '--json', '--metrics-port', '0']);
    const [, url = ''] = await pong.printed(METRICS);
    const text = await metricsWith(url, /^tentacle_pong_calls_total\{call="[^"]+"\} [1-9]/m);
    expect(valueOf(text, 'tentacle_pong_connections')).toBe(1);
    expect(valueOf(text, 'tentacle_pong_connections_accepted_total')).toBe(1);
    for (const { process, ended } of [pong, server]) {
      process.kill('SIGTERM');
      await ended;
    }
  });

  it('has users from a web configuration file, and no other path', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tentacle-pong-metrics-')), 'web.yaml');
    writeFileSync(file, `basic_auth_users: { alice: ${SECRET_HASH} }\n`);
    const pong = await startPong('--metrics-port', '0', '--metrics-web-config', file);
    const [, url = ''] = await pong.printed(METRICS);
    const headers = { authorization: `Basic ${Buffer.from('alice:secret').toString('base64')}` };
    const status = async (path: string, init: RequestInit = {}) => (await fetch(`${url}${path}`, init)).status;
    expect(await status('/metrics')).toBe(401);
    expect(await status('/metrics', { headers })).toBe(200);
    expect(await status('/metrics', { headers, method: 'POST' })).toBe(405);
    expect(await status('/-/healthy', { headers })).toBe(200);
    expect(await status('/probe', { headers })).toBe(404);
    pong.process.kill('SIGTERM');
    await pong.ended;
  });

  it.each([
    [['--metrics-bind', '127.0.0.1'], 2],
    [['--metrics-port', '0', '--metrics-web-config', '/nowhere/web.yaml'], 2],
    [['--metrics-port', '65536'], 2],
  ])('with %j is an error', async (args, status) => {
    expect((await command('pong', ['--port', '0', ...args]).ended).status).toBe(status);
  });
});

/** Requests the metrics until they have what is looked for. */
async function metricsWith(url: string, pattern: RegExp): Promise<string> {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    if (pattern.test(text)) return text;
  }
}
