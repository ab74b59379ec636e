import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, command, startPong } from '../binaries/command.js';
import { freePort } from '../free-port.js';

/** A thumbprint of no certificate. */
const OTHER_THUMBPRINT = '0123456789'.repeat(4);

const FOLDER = mkdtempSync(join(tmpdir(), 'tentacle-serve-'));
const PASSWORD_FILE = join(FOLDER, 'password.txt');

const MODULES = `
targets: ["127.0.0.1"]
modules:
  default: {}
  tls: { level: tls }
  pinned: { thumbprint: "${OTHER_THUMBPRINT}" }
  proxied: { proxy: "http://user@127.0.0.1:1", proxy-password-file: "${PASSWORD_FILE}" }
`;

describe('tentacle-ping serve', () => {
  const file = join(FOLDER, 'modules.yaml');
  let pong: Command & { port: number };
  let exporter: Command;
  let url = '';
  let refusedPort = 0;

  beforeAll(async () => {
    writeFileSync(PASSWORD_FILE, 'secret-of-proxy\n');
    writeFileSync(file, MODULES);
    pong = await startPong();
    exporter = command('ping', ['serve', '--port', '0', '--config', file, '--max-probes', '1', '--max-waiting', '1']);
    [url] = await exporter.printed(/http:\/\/[\d.:]+/);
    refusedPort = await freePort();
  });

  afterAll(async () => {
    exporter.process.kill('SIGTERM');
    pong.process.kill('SIGTERM');
    expect((await exporter.ended).status).toBe(0);
    await pong.ended;
  });

  const get = async (path: string, init?: RequestInit): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, text: await response.text() };
  };

  it('measures a target that works', async () => {
    const { status, text } = await get(`/probe?target=127.0.0.1:${pong.port}`);
    expect(status).toBe(200);
    expect(text).toMatch(/^tentacle_probe_success 1$/m);
    expect(text).toMatch(/^tentacle_probe_duration_seconds\{stage="tls"\} 0\.\d+$/m);
    expect(text).toMatch(/^tentacle_probe_level_info\{level="echo"\} 1$/m);
    expect(text).not.toContain('tentacle_probe_failure');
  });

  it('measures only up to the level of the module', async () => {
    const { text } = await get(`/probe?target=127.0.0.1:${pong.port}&module=tls`);
    expect(text).toMatch(/^tentacle_probe_level_info\{level="tls"\} 1$/m);
  });

  it.each([
    ['a refused connection', 'default', () => refusedPort, 'tcp.refused'],
    ['an unexpected thumbprint', 'pinned', () => pong.port, 'trust.unexpected-thumbprint'],
  ])('names %s', async (_, module, port, id) => {
    const { status, text } = await get(`/probe?target=127.0.0.1:${port()}&module=${module}`);
    expect(status).toBe(200);
    expect(text).toMatch(/^tentacle_probe_success 0$/m);
    expect(text).toContain(`tentacle_probe_failure{id="${id}"} 1`);
  });

  it.each([
    '/probe',
    '/probe?target=',
    '/probe?target=127.0.0.1&target=127.0.0.1',
    '/probe?target=10.0.0.1',
    '/probe?target=127.0.0.1:0',
    '/probe?target=127.0.0.1&module=other',
    '/probe?target=127.0.0.1&module=__proto__',
  ])('rejects %s', async (path) => {
    expect((await get(path)).status).toBe(400);
  });

  it('shows the report of a probe on request, and on its page', async () => {
    const { text } = await get(`/probe?target=127.0.0.1:${refusedPort}&debug=true`);
    const path = /\/probes\/\d+/.exec(text)?.[0] ?? '';
    expect(text).toContain('Get-NetTCPConnection');
    expect((await get(path)).text).toContain('tcp.refused');
    expect((await get('/')).text).toContain(`href="${path.slice(1)}"`);
    expect((await get('/probes/999999')).status).toBe(404);
  });

  it('shows the probes of one target, and of one module', async () => {
    await get(`/probe?target=127.0.0.1:${pong.port}`);
    await get(`/probe?target=127.0.0.1:${refusedPort}`);
    const { text } = await get(`/?target=127.0.0.1:${refusedPort}&module=default`);
    expect(text).toMatch(/href="probes\/\d+"/);
    expect(text).toContain(`href="probe?target=127.0.0.1%3A${refusedPort}&amp;module=default&amp;debug=true"`);
    expect(text).not.toContain(String(pong.port));
    expect((await get(`/?target=127.0.0.1:${refusedPort}&module=tls`)).text).not.toMatch(/href="probes\/\d+"/);
    expect((await get('/?target=127.0.0.1:0')).status).toBe(400);
  });

  it('shows no secret', async () => {
    const { text } = await get('/config');
    expect(Object.keys((JSON.parse(text) as { modules: object }).modules)).toContain('proxied');
    for (const path of ['/config', '/', '/metrics', `/probe?target=127.0.0.1:${refusedPort}&module=proxied&debug=true`])
      expect((await get(path)).text).not.toContain('secret-of-proxy');
  });

  it('answers a probe of a target that hangs within the time of its scrape, and rejects probes beyond the limits', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const path = `/probe?target=127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const probe = async (): Promise<{ status: number; text: string }> =>
      get(path, { headers: { 'X-Prometheus-Scrape-Timeout-Seconds': '2' } });
    const answers = await Promise.all([probe(), probe(), probe()]);
    silent.close();
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 503, 503]);
    expect(answers.find(({ status }) => status === 200)?.text).toMatch(/^tentacle_probe_failure\{id="tls\./m);
    expect((await get('/metrics')).text).toMatch(
      /^tentacle_exporter_probes_rejected_total\{reason="(queue-full|too-late)"\} 1$/m,
    );
  });

  it('reloads by request, and keeps its modules where the file is wrong', async () => {
    writeFileSync(file, `${MODULES}  broken: { level: x }\n`);
    const broken = await get('/-/reload', { method: 'POST' });
    expect(broken.status).toBe(500);
    expect(broken.text).toMatch(/modules\.yaml:8:\d+: /);
    expect((await get(`/probe?target=127.0.0.1:${pong.port}`)).status).toBe(200);
    writeFileSync(file, `${MODULES}  added: {}\n`);
    expect((await get('/-/reload', { method: 'POST' })).status).toBe(200);
    expect((await get(`/probe?target=127.0.0.1:${pong.port}&module=added`)).status).toBe(200);
    expect((await get('/-/reload')).status).toBe(405);
  });

  it.each([
    ['/-/healthy', 200],
    ['/-/ready', 200],
    ['/nothing', 404],
    ['/constructor', 404],
  ])('answers %s with %d', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });
});

describe('tentacle-ping serve --check-config', () => {
  it('reports an error at its place', async () => {
    const file = join(FOLDER, 'm.yaml');
    writeFileSync(file, 'modules:\n  a:\n    timeout: 5x\n');
    const { status, stderr } = await command('ping', ['serve', '--check-config', '--config', file]).ended;
    expect(status).toBe(2);
    expect(stderr).toContain('m.yaml:3:14: ');
  });
});
