import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith, program } from '../real-components.js';
import { createHostileCertificate } from './hostile-certificate.js';
import { type RunningExporter, startExporter, stopExporter } from './start-exporter.js';

/** Ends a label, a line and a tag. */
const EVIL = '"}\nevil_total 1\n<script>alert(1)</script><img src=x onerror=alert(1)>\u001b[31m';

/** A metric of a probe: names of this program, and labels of letters, digits and few others. */
const LINE = /^(?:#.*|tentacle_probe_[a-z_]+(?:\{(?:[a-z]+="[\w.-]*",?)+\})? -?[\d.e+-]+|)$/;

const ESCAPE = String.fromCharCode(27);

/** Whether a text has a line of the peer's own, or begins a sequence that a terminal obeys. */
function isActive(text: string): boolean {
  return /^evil/m.test(text) || text.includes(ESCAPE);
}

describeWith(program('openssl'), 'text of a hostile peer', () => {
  let exporter: RunningExporter;
  const servers = [
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`HTTP/1.1 200 ${EVIL}\r\nServer: ${EVIL}\r\nContent-Type: text/html\r\n\r\n${EVIL}`);
    }),
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`SSH-2.0-${EVIL}\r\n`);
    }),
  ];

  beforeAll(async () => {
    const identity = createHostileCertificate(EVIL);
    servers.push(
      createTlsServer(identity, (socket) => {
        socket.on('error', () => undefined);
        socket.end(`HTTP/1.1 500 ${EVIL}\r\nServer: ${EVIL}\r\n\r\n${EVIL}`);
      }),
    );
    for (const server of servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    exporter = await startExporter();
  });

  afterAll(async () => {
    for (const server of servers) server.close();
    const { stderr } = await stopExporter(exporter);
    expect(stderr).not.toContain('\u001b');
    expect(stderr).not.toMatch(/^evil/m);
  });

  it.each([0, 1, 2])('is harmless in labels and pages: peer %d', async (index) => {
    const { port } = servers[index]?.address() as AddressInfo;
    const { text: metrics } = await exporter.get(`/probe?target=127.0.0.1:${port}`);
    expect(metrics).toMatch(/^tentacle_probe_success 0$/m);
    for (const line of metrics.split('\n')) expect(line).toMatch(LINE);
    const { text: debug } = await exporter.get(`/probe?target=127.0.0.1:${port}&debug=true`);
    expect(isActive(debug)).toBe(false);
    const page = /\/probes\/\d+/.exec(debug)?.[0] ?? '';
    for (const path of [page, '/']) {
      const { text } = await exporter.get(path);
      expect(text).toContain(String(port));
      expect(text).not.toMatch(/<script>alert|<img/);
      expect(text).not.toContain(ESCAPE);
    }
  });

  it.each(['target', 'module'])('in the parameter %s is harmless in the answer', async (parameter) => {
    const path = `/probe?target=127.0.0.1:1&${parameter}=${encodeURIComponent(EVIL)}`;
    const { status, text } = await exporter.get(path);
    expect(status).toBe(400);
    expect(isActive(text)).toBe(false);
    expect((await fetch(`${exporter.url}${path}`)).headers.get('content-type')).toContain('text/plain');
    const { text: page } = await exporter.get(`/?target=127.0.0.1:1&${parameter}=${encodeURIComponent(EVIL)}`);
    expect(page).not.toMatch(/<script>alert|<img/);
    expect(page).not.toContain(ESCAPE);
  });
});
