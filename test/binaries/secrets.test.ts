import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { command, home } from './command.js';

const CANARY = 'canary-7f3a-passphrase';
const openssl = spawnSync('openssl', ['version']).status === 0 || process.env['CI'] === 'true';

/** An encrypted key, created without a tool so that the test runs on any machine. */
const keyFile = join(home, 'encrypted-key.pem');
writeFileSync(
  keyFile,
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: CANARY },
  }).privateKey,
);

describe('a passphrase', () => {
  it.skipIf(!openssl)(`opens a PFX and is in no output${openssl ? '' : ' (skipped: needs openssl)'}`, async () => {
    const [key, cert, pfx] = ['k.pem', 'c.pem', 'p.pfx'].map((name) => join(home, name)) as [string, string, string];
    spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '9',
      '-subj',
      '/CN=x',
    ]);
    spawnSync('openssl', ['pkcs12', '-export', '-inkey', key, '-in', cert, '-out', pfx, '-passout', `pass:${CANARY}`]);
    for (const more of [[], ['--json']]) {
      const ended = await command('ping', ['localhost:1', '-c', '1', '--pfx', pfx, ...more], {
        TENTACLE_PASSPHRASE: CANARY,
      }).ended;
      expect(ended.status).toBe(1);
      expect(ended.stdout).toContain('tcp.refused');
      expect(ended.stdout + ended.stderr).not.toContain(CANARY);
    }
  });

  it.each(['ping', 'pong'] as const)('that does not match is in no output of %s', async (name) => {
    const file = join(home, 'passphrase.txt');
    writeFileSync(file, `${CANARY}-but-wrong\n`);
    const target = name === 'ping' ? ['localhost'] : [];
    const ended = await command(name, [...target, '--cert', keyFile, '--passphrase-file', file]).ended;
    expect(ended.status).toBe(2);
    expect(ended.stdout + ended.stderr).not.toContain(CANARY);
  });
});
