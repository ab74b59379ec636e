import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Command, command, startPong } from '../binaries/command.js';
import { pemOf, testIdentity } from '../identities.js';
import { greeter, tcpPeer } from '../peers/tcp-peer.js';
import { servicePeer } from '../peers/service-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';
import { describeWith } from '../real-components.js';
import { freePort } from '../free-port.js';
import { prometheus as component, promtool, RunningPrometheus } from './prometheus.js';
import { type RunningExporter, startExporter, stopExporter } from './start-exporter.js';
import { SECRET_HASH } from './web-config-text.js';

/** A thumbprint of no certificate. */
const OTHER_THUMBPRINT = '0123456789'.repeat(4);

const MODULES = `modules:
  default: {}
  pinned: { thumbprint: "${OTHER_THUMBPRINT}" }
  proxied: { proxy: "http://127.0.0.1:1" }
`;

/** Long enough for a busy machine, and short enough for a test: a target that hangs takes all of it. */
const SCRAPE = '{ scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 1s }';

const RULES = `groups:
  - name: tentacle
    rules:
      - alert: TentacleProbeFails
        expr: tentacle_probe_success == 0
        for: 1s
        labels: { severity: page }
        annotations:
          report: "/probes/{{ with printf \\"tentacle_probe_number{instance='%s'}\\" $labels.instance | query }}{{ . | first | value }}{{ end }}"
`;

describeWith(component, 'Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tentacle-prometheus-modules-'));
  const modules = join(folder, 'modules.yaml');
  let pong: Command & { port: number };
  let exporter: RunningExporter;
  /** With one probe at a time, and none that waits. */
  let narrow: RunningExporter;
  /** With TLS and a user. */
  let closed: RunningExporter;
  let prometheus: RunningPrometheus;
  const targets = new Map<string, string>();

  /** Adds targets to the file of the discovery: modules by target. */
  const discover = (added: Readonly<Record<string, string>>): void => {
    for (const [target, module] of Object.entries(added)) targets.set(target, module);
    const list = [...targets].map(([target, module]) => ({ targets: [target], labels: { module } }));
    prometheus.write('targets.json', JSON.stringify(list));
  };

  beforeAll(async () => {
    writeFileSync(modules, MODULES);
    const { cert, key } = pemOf(await testIdentity('exporter'));
    writeFileSync(join(folder, 'server.crt'), cert);
    writeFileSync(join(folder, 'server.key'), key);
    writeFileSync(
      join(folder, 'web.yaml'),
      `tls_server_config: { cert_file: server.crt, key_file: server.key }\nbasic_auth_users: { alice: ${SECRET_HASH} }\n`,
    );
    pong = await startPong('--metrics-port', '0');
    [exporter, narrow, closed] = await Promise.all([
      startExporter('--config', modules),
      startExporter('--max-probes', '1', '--max-waiting', '0'),
      startExporter('--web-config', join(folder, 'web.yaml')),
    ]);
    prometheus = await RunningPrometheus.start({
      'prometheus.yml': configuration({ exporter, narrow, closed }),
      'rules.yml': RULES,
      'targets.json': '[]',
      'hanging.json': '[]',
    });
  });

  afterAll(async () => {
    await prometheus.stop();
    for (const one of [exporter, narrow, closed]) expect((await stopExporter(one)).status).toBe(0);
    pong.process.kill('SIGTERM');
    await pong.ended;
  });

  const hostOf = ({ port }: { readonly port: number }): string => `127.0.0.1:${port}`;

  it.each(['/metrics', '/probe?target=127.0.0.1:1', '/probe?target=PONG', '/probe?target=PONG&module=pinned'])(
    'has no objection to the metrics of %s',
    async (path) => {
      const { text } = await exporter.get(path.replace('PONG', hostOf(pong)));
      expect(promtool(['check', 'metrics'], text)).toEqual({ status: 0, text: '' });
    },
  );

  it('has no objection to the metrics of polling and of tentacle-pong', async () => {
    const file = join(folder, 'polling.yaml');
    writeFileSync(file, 'polling: { port: 0, bind: 127.0.0.1, interval: 100ms }\n');
    const server = await startExporter('--config', file);
    const [, port] = await server.printed(/connect to port (\d+)/);
    const poller = command('pong', [
      '--poll',
      `127.0.0.1:${port}`,
      '--subscription',
      'prometheus',
      '--metrics-port',
      '0',
    ]);
    const [, pollerUrl = ''] = await poller.printed(/(http:\S+\/metrics)/);
    const [, pongUrl = ''] = await pong.printed(/(http:[^\s"]+\/metrics)/);
    const { text: polled } = await server.until('/probe?target=poll://prometheus/', /^tentacle_poller_call_/m);
    const texts = [polled, (await server.get('/metrics')).text];
    for (const url of [pollerUrl, pongUrl]) texts.push(await (await fetch(url)).text());
    for (const text of texts) expect(promtool(['check', 'metrics'], text)).toEqual({ status: 0, text: '' });
    poller.process.kill('SIGTERM');
    await poller.ended;
    await stopExporter(server);
  });

  it('accepts the configuration, the rules, and the web configuration file, as its own', () => {
    expect(promtool(['check', 'config', join(prometheus.folder, 'prometheus.yml')]).status).toBe(0);
    expect(promtool(['check', 'web-config', join(folder, 'web.yaml')]).status).toBe(0);
  });

  it('scrapes targets from a file: a healthy one, and one whose failure is in each stage', async () => {
    const silent = await tcpPeer(() => undefined);
    const greeting = await greeter('SSH-2.0-OpenSSH_9.2\r\n');
    const closing = await servicePeer(async (connection) => {
      await connection.readRequest();
      connection.socket.end();
    });
    const chatting = await tlsPeer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    const expected = {
      'nowhere.invalid:10933': 'dns.',
      '127.0.0.1:1': 'tcp.',
      '127.0.0.2:1': 'proxy.',
      [hostOf(greeting)]: 'tls.',
      [hostOf(silent)]: 'tls.',
      [`localhost:${pong.port}`]: 'trust.',
      [hostOf(chatting)]: 'identity.',
      [hostOf(closing)]: 'rpc.',
    };
    const module: Readonly<Record<string, string>> = { 'proxy.': 'proxied', 'trust.': 'pinned' };
    discover({
      [hostOf(pong)]: 'default',
      ...Object.fromEntries(Object.entries(expected).map(([target, stage]) => [target, module[stage] ?? 'default'])),
    });
    const count = Object.keys(expected).length;
    const failures = await prometheus.until('tentacle_probe_failure', (samples) => samples.length >= count);
    const stages = failures.map(({ metric }) => [metric['instance'], `${metric['id']?.split('.')[0] ?? ''}.`]);
    expect(Object.fromEntries(stages)).toEqual(expected);
    const [healthy] = await prometheus.until(
      `tentacle_probe_success{instance="${hostOf(pong)}"}`,
      (samples) => samples.length > 0,
    );
    expect(healthy?.value).toBe(1);
    // Also the one that hangs was answered within the time of its scrape.
    const up = await prometheus.query('up{job="tentacle"}');
    expect(up?.map(({ value }) => value)).toEqual(up?.map(() => 1));
    expect(up?.length).toBe(count + 1);
    for (const target of Object.keys(expected)) targets.delete(target);
    discover({});
  });

  it('fires an alert, which leads to the report, and resolves it when the target is back', async () => {
    const port = await freePort();
    const alert = `ALERTS{alertname="TentacleProbeFails",instance="127.0.0.1:${port}",alertstate="firing"}`;
    discover({ [`127.0.0.1:${port}`]: 'default' });
    await prometheus.until(alert, (samples) => samples.length === 1);
    const [number] = (await prometheus.query(`tentacle_probe_number{instance="127.0.0.1:${port}"}`)) ?? [];
    expect((await exporter.get(`/probes/${number?.value ?? 0}`)).text).toContain('tcp.refused');
    const back = command('pong', ['--port', String(port), '--json']);
    await prometheus.until(alert, (samples) => samples.length === 0);
    back.process.kill('SIGTERM');
    await back.ended;
    targets.delete(`127.0.0.1:${port}`);
    discover({});
  });

  it('misses no scrape while the exporter reloads', async () => {
    discover({ [hostOf(pong)]: 'default' });
    const probes = `tentacle_exporter_probes_total{module="default",result="success"}`;
    const [before] = await prometheus.until(probes, (samples) => samples.length > 0);
    for (let i = 0; i < 20; i++) {
      writeFileSync(modules, `${MODULES}  added${i}: {}\n`);
      expect((await exporter.get('/-/reload', { method: 'POST' })).status).toBe(200);
    }
    await prometheus.until(probes, ([now]) => (now?.value ?? 0) > (before?.value ?? 0) + 1);
    const [up] = (await prometheus.query(`min_over_time(up{instance="${hostOf(pong)}"}[1h])`)) ?? [];
    expect(up?.value).toBe(1);
  });

  it('sees scrapes beyond the limit as failed, and their number', async () => {
    const silent = await tcpPeer(() => undefined);
    const list = ['127.0.0.1', '127.0.0.1', '127.0.0.1'].map((host, i) => ({
      targets: [`${host}:${silent.port}`],
      labels: { copy: String(i) },
    }));
    prometheus.write('hanging.json', JSON.stringify(list));
    const rejected = 'sum(tentacle_exporter_probes_rejected_total{job="narrow",reason="queue-full"})';
    await prometheus.until(rejected, ([sample]) => (sample?.value ?? 0) > 0);
    const [down] = await prometheus.until('count(up{job="hanging"} == 0)', ([sample]) => (sample?.value ?? 0) > 0);
    expect(down?.value).toBeGreaterThan(0);
    expect((await prometheus.scrapeErrors('hanging')).join()).toContain('503');
    prometheus.write('hanging.json', '[]');
  });

  it('is let in with the right credentials only', async () => {
    const [right] = await prometheus.until('up{job="right"}', (samples) => samples.length > 0);
    const [wrong] = await prometheus.until('up{job="wrong"}', (samples) => samples.length > 0);
    expect([right?.value, wrong?.value]).toEqual([1, 0]);
    expect((await prometheus.scrapeErrors('wrong')).join()).toContain('401');
  });
});

/** The multi-target pattern: the target moves into a parameter, and the exporter is scraped. */
function configuration({
  exporter,
  narrow,
  closed,
}: Record<'exporter' | 'narrow' | 'closed', RunningExporter>): string {
  const address = ({ url }: RunningExporter): string => url.replace(/^.*\//, '');
  const probes = (job: string, file: string, to: RunningExporter): string => `
  - job_name: ${job}
    metrics_path: /probe
    file_sd_configs: [{ files: [${file}], refresh_interval: 1s }]
    relabel_configs:
      - { source_labels: [__address__], target_label: __param_target }
      - { source_labels: [module], target_label: __param_module, regex: (.+) }
      - { source_labels: [__param_target], target_label: instance }
      - { target_label: __address__, replacement: "${address(to)}" }`;
  const own = (job: string, to: RunningExporter, more = ''): string => `
  - job_name: ${job}
    static_configs: [{ targets: ["${address(to)}"] }]${more}`;
  const login = (password: string): string => `
    scheme: https
    tls_config: { insecure_skip_verify: true }
    basic_auth: { username: alice, password: ${password} }`;
  return `
global: ${SCRAPE}
rule_files: [rules.yml]
scrape_configs:${probes('tentacle', 'targets.json', exporter)}${probes('hanging', 'hanging.json', narrow)}${own('exporter', exporter)}${own('narrow', narrow)}${own('right', closed, login('secret'))}${own('wrong', closed, login('wrong'))}
`;
}
