import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { SECRET_HASH } from '../exporter/web-config-text.js';
import type { Start } from './packaged-pair.js';

/** The first address in what a program prints. */
const ADDRESS = /https?:\/\/[\d.:]+/;

const USER = { authorization: `Basic ${Buffer.from('alice:secret').toString('base64')}` };

/**
 * Starts `serve`, and `tentacle-pong --metrics-port`: their libraries for YAML, passwords and metrics are loaded by nothing
 * else.
 */
export async function expectMetrics(ping: Start, pong: Start, env: NodeJS.ProcessEnv, folder: string): Promise<void> {
  const modules = join(folder, 'modules.yaml');
  const web = join(folder, 'web.yaml');
  writeFileSync(modules, 'modules: { default: {} }\npolling: { port: 0, bind: 127.0.0.1 }\n');
  writeFileSync(web, `basic_auth_users: { alice: "${SECRET_HASH}" }\n`);
  const serve = [...ping, 'serve', '--port', '0', '--config', modules, '--web-config', web];
  await withServer(serve, env, async (url) => {
    expect((await fetch(`${url}/probe?target=127.0.0.1:1`)).status).toBe(401);
    const probe = await fetch(`${url}/probe?target=127.0.0.1:1`, { headers: USER });
    expect(await probe.text()).toContain('tentacle_probe_failure{id="tcp.refused"} 1');
    for (const path of ['/', '/metrics', '/polling', '/config'])
      expect((await fetch(`${url}${path}`, { headers: USER })).status).toBe(200);
  });
  const metrics = [...pong, '--port', '0', '--metrics-port', '0', '--metrics-web-config', web];
  await withServer(metrics, env, async (url) => {
    const response = await fetch(`${url}/metrics`, { headers: USER });
    expect(await response.text()).toContain('tentacle_pong_connections_total 0');
  });
}

async function withServer(
  [file = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = spawn(file, args, { env });
  const ended = new Promise<number | null>((resolve) => server.on('close', resolve));
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      const read = (chunk: Buffer): void => {
        text += String(chunk);
        const [address] = ADDRESS.exec(text) ?? [];
        if (address !== undefined) resolve(address);
      };
      for (const stream of [server.stdout, server.stderr]) stream.on('data', read);
      void ended.then(() => reject(new Error(`it ended: ${text}`)));
    });
    await use(url);
    server.kill('SIGTERM');
    expect(await ended).toBe(0);
  } finally {
    server.kill('SIGKILL');
  }
}
