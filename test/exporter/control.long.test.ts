import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, command, startPong } from '../binaries/command.js';
import { type RunningExporter, startExporter, stopExporter } from './start-exporter.js';
import { SECRET_HASH } from './web-config-text.js';

const FOLDER = mkdtempSync(join(tmpdir(), 'tentacle-control-'));
const MODULES = join(FOLDER, 'modules.yaml');
const WEB = join(FOLDER, 'web.yaml');

/** Signals other than a stop exist on other systems than Windows only. */
const hasHangup = process.platform !== 'win32';

const USER = { authorization: `Basic ${Buffer.from('alice:secret').toString('base64')}` };

describe('control of tentacle-ping serve', () => {
  let exporter: RunningExporter;

  beforeAll(async () => {
    writeFileSync(MODULES, 'modules: { default: {} }\n');
    writeFileSync(WEB, `basic_auth_users: { alice: ${SECRET_HASH} }\n`);
    exporter = await startExporter('--config', MODULES, '--web-config', WEB);
  });

  afterAll(async () => {
    expect((await stopExporter(exporter)).status).toBe(0);
  });

  const metrics = async (): Promise<string> => (await exporter.get('/metrics', { headers: USER })).text;

  it.each(['/', '/probe?target=127.0.0.1', '/metrics', '/config', '/-/healthy', '/nothing'])(
    'requires a user for %s',
    async (path) => {
      expect((await exporter.get(path)).status).toBe(401);
      const wrong = { authorization: `Basic ${Buffer.from('alice:wrong').toString('base64')}` };
      expect((await exporter.get(path, { headers: wrong })).status).toBe(401);
      expect((await exporter.get(path, { headers: USER })).status).not.toBe(401);
    },
  );

  it('shows no hash of a password', async () => {
    for (const path of ['/', '/config', '/metrics'])
      expect((await exporter.get(path, { headers: USER })).text).not.toContain(SECRET_HASH.slice(7));
  });

  it.skipIf(!hasHangup)('reads its files again on SIGHUP, and keeps them where they are wrong', async () => {
    writeFileSync(MODULES, 'modules: { default: {}, added: {} }\n');
    exporter.process.kill('SIGHUP');
    await exporter.printed(/: reloaded/);
    expect((await exporter.get('/config', { headers: USER })).text).toContain('added');
    expect(await metrics()).toMatch(/^tentacle_exporter_config_last_reload_successful 1$/m);
    writeFileSync(MODULES, 'modules: { broken: { level: x } }\n');
    exporter.process.kill('SIGHUP');
    await exporter.printed(/not reloaded: .*modules\.yaml:1:\d+/);
    expect((await exporter.get('/config', { headers: USER })).text).toContain('added');
    expect(await metrics()).toMatch(/^tentacle_exporter_config_last_reload_successful 0$/m);
    writeFileSync(MODULES, 'modules: { default: {} }\n');
  });

  it('accepts a new user after a reload, and no former one', async () => {
    writeFileSync(WEB, `basic_auth_users: { bob: ${SECRET_HASH} }\n`);
    // The change is seen by itself too: either of the two users is one.
    const bob = { authorization: `Basic ${Buffer.from('bob:secret').toString('base64')}` };
    const [asAlice, asBob] = await Promise.all(
      [USER, bob].map(async (headers) => exporter.get('/-/reload', { method: 'POST', headers })),
    );
    expect([asAlice?.status, asBob?.status]).toContain(200);
    expect((await exporter.get('/-/healthy', { headers: bob })).status).toBe(200);
    expect((await exporter.get('/-/healthy', { headers: USER })).status).toBe(401);
  });
});

describe('a stop of tentacle-ping serve', () => {
  it('lets a running scrape finish', async () => {
    const silent = await listening();
    const exporter = await startExporter();
    const scrape = exporter.get(`/probe?target=127.0.0.1:${portOf(silent)}`, {
      headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '3' },
    });
    await new Promise((resolve) => silent.once('connection', resolve));
    const { status } = await stopExporter(exporter);
    silent.close();
    expect((await scrape).text).toMatch(/^tentacle_probe_success 0$/m);
    expect(status).toBe(0);
  });
});

describe('modules of tentacle-ping serve', () => {
  let pong: Command & { port: number };
  let exporter: RunningExporter;
  const thumbprints = join(FOLDER, 'thumbprints.txt');

  beforeAll(async () => {
    pong = await startPong();
    const [, thumbprint = ''] = await pong.printed(/"thumbprint":"([0-9A-F]+)"/);
    writeFileSync(
      thumbprints,
      `127.0.0.1:${pong.port} ${thumbprint}\nLOCALHOST:${pong.port} ${'0'.repeat(40)} # former\n`,
    );
    writeFileSync(
      MODULES,
      `modules:
  pinned: { thumbprints_file: "${thumbprints}" }
  sizes: { sizes: "1,2000,20KB" }
  idle: { idle: "50ms..100ms" }
  hour: { idle: 20m }
`,
    );
    exporter = await startExporter('--config', MODULES);
  });

  afterAll(async () => {
    await stopExporter(exporter);
    pong.process.kill('SIGTERM');
    await pong.ended;
  });

  const probe = async (module: string, host = '127.0.0.1', timeout = '60') =>
    exporter.get(`/probe?target=${host}:${pong.port}&module=${module}`, {
      headers: { 'X-Prometheus-Scrape-Timeout-Seconds': timeout },
    });

  it('have the thumbprint of each target from a file', async () => {
    expect((await probe('pinned')).text).toMatch(/^tentacle_probe_success 1$/m);
    expect((await probe('pinned', 'localhost')).text).toContain('id="trust.unexpected-thumbprint"');
    expect((await probe('pinned', '127.0.0.2')).status).toBe(400);
  });

  it('search for the sizes that pass', async () => {
    const { text } = await probe('sizes');
    for (const direction of ['upload', 'download'])
      expect(text).toMatch(new RegExp(`^tentacle_probe_size_passed_bytes\\{direction="${direction}"\\} 20000$`, 'm'));
    expect(text).not.toContain('tentacle_probe_size_lost_bytes');
  });

  it('search for the idle time that connections survive', async () => {
    const { text } = await probe('idle');
    for (const keepalive of ['on', 'off'])
      expect(text).toMatch(
        new RegExp(`^tentacle_probe_idle_survived_seconds\\{keepalive="${keepalive}"\\} [\\d.]+$`, 'm'),
      );
  });

  it('are rejected where the scrape is shorter than their search', async () => {
    expect((await probe('hour', '127.0.0.1', '60')).status).toBe(400);
  });
});

describe('polling Tentacles of tentacle-ping serve', () => {
  it('are targets, with what their port has seen of them', async () => {
    writeFileSync(MODULES, 'polling: { port: 0, bind: 127.0.0.1, interval: 200ms }\n');
    const exporter = await startExporter('--config', MODULES);
    const [, port] = await exporter.printed(/connect to port (\d+)/);
    const target = '/probe?target=poll://abcdefghij0123456789/';
    const before = await exporter.get(target);
    expect(before.text).toContain('tentacle_probe_failure{id="poll.no-poller"} 1');
    const pong = command('pong', ['--poll', `127.0.0.1:${port}`, '--subscription', 'abcdefghij0123456789']);
    const { text } = await exporter.until(target, /^tentacle_poller_call_duration_seconds /m);
    expect(text).toMatch(/^tentacle_probe_success 1$/m);
    expect(text).toMatch(/^tentacle_poller_connections [1-9]/m);
    const metrics = await exporter.until('/metrics', /^tentacle_polling_calls_total\{outcome="ok"\} [1-9]/m);
    expect(metrics.text).toMatch(/^tentacle_polling_subscriptions_connected 1$/m);
    expect(metrics.text).not.toContain('abcdefghij0123456789');
    expect((await exporter.get('/polling')).text).toContain('poll://abcdefghij0123456789/');
    expect((await exporter.get('/?target=poll://abcdefghij0123456789/')).text).toContain(
      'poll://abcdefghij0123456789/',
    );
    expect((await exporter.get('/probe?target=poll://a%20b/')).status).toBe(400);
    pong.process.kill('SIGTERM');
    await pong.ended;
    await exporter.until(target, /^tentacle_probe_success 0$/m);
    expect((await stopExporter(exporter)).status).toBe(0);
  });
});

async function listening(): Promise<Server> {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
