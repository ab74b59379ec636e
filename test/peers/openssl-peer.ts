import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { pemOf, testIdentity } from '../identities.js';

/** Starts a real `openssl s_server` with these options on a free port of 127.0.0.1. It ends with the test. */
export async function opensslPeer(...options: readonly string[]): Promise<{ port: number; thumbprint: string }> {
  const identity = await testIdentity('Octopus Tentacle');
  const { cert, key } = pemOf(identity);
  const directory = mkdtempSync(join(tmpdir(), 'openssl-peer-'));
  const file = join(directory, 'identity.pem');
  writeFileSync(file, `${cert}\n${key}`);
  const server = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', '-cert', file, ...options]);
  onTestFinished(() => {
    server.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });
  const port = await new Promise<number>((resolve, reject) => {
    let output = '';
    server.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const port = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    server.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    server.on('close', () => reject(new Error(`openssl ended: ${output}`)));
  });
  return { port, thumbprint: identity.thumbprint };
}
