import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createIdentity } from '../identity/identity.js';
import { chooseIdentity } from './choose-identity.js';
import { UsageError } from './usage-error.js';

const KEY = readFileSync(new URL('../../../../test/fixtures/test-only-rsa-2048.pem', import.meta.url), 'utf8');

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'identity-'));
  onTestFinished(() => {
    chmodSync(made, 0o700);
    rmSync(made, { recursive: true });
  });
  return made;
}

/** An account whose configuration folder is this one. */
const account = (folder: string) => ({ platform: process.platform, env: { XDG_CONFIG_HOME: folder }, home: '' });

async function pemFiles() {
  const identity = await createIdentity({ commonName: 'Octopus Server', key: KEY });
  const { secureContextOptions: pem } = identity;
  if (!('cert' in pem)) throw new Error('not made of PEM');
  const folder = directory();
  const [certFile, keyFile, both] = ['cert.pem', 'key.pem', 'both.pem'].map((name) => join(folder, name));
  if (certFile === undefined || keyFile === undefined || both === undefined) throw new Error('no files');
  writeFileSync(certFile, pem.cert);
  writeFileSync(keyFile, pem.key);
  writeFileSync(both, `${pem.cert}\n${pem.key}`);
  return { identity, certFile, keyFile, both };
}

async function complaintOf(choice: Parameters<typeof chooseIdentity>[0]): Promise<string> {
  const chosen = chooseIdentity(choice, account(directory()), 'probe', 'probe');
  const error: unknown = await chosen.catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UsageError);
  const { message } = error as UsageError;
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  return message;
}

describe('chooseIdentity', () => {
  it('loads the files that are named, and returns their path', async () => {
    const { identity, certFile, keyFile, both } = await pemFiles();
    for (const choice of [{ certFile, keyFile }, { certFile: both }]) {
      const chosen = await chooseIdentity(choice, account(directory()), 'probe', 'probe');
      expect(chosen.identity.thumbprint).toBe(identity.thumbprint);
      expect(chosen.from).toBe(choice.certFile);
      expect(chosen.note).toBeUndefined();
    }
  });

  it('says at each run that it belongs to a service account', async () => {
    const folder = join(directory(), 'C:\\Windows\\system32\\config\\systemprofile\\AppData');
    for (let run = 0; run < 2; run++) {
      const { note } = await chooseIdentity({}, account(folder), 'probe', 'probe');
      expect(note).toContain('Local System');
    }
  });

  it('generates one, stores it readable only by its owner, and finds it again', async () => {
    const folder = directory();
    const made = await chooseIdentity({}, account(folder), 'probe', 'probe');
    expect(made.from).toBe(join(folder, 'probe', 'identity.pem'));
    expect(made.note).toContain(join(folder, 'probe', 'identity.pem'));
    expect(made.identity.subject).toBe('CN=probe');
    expect(statSync(made.from ?? '').mode & 0o777).toBe(0o600);
    const found = await chooseIdentity({}, account(folder), 'probe', 'probe');
    expect(found.identity.thumbprint).toBe(made.identity.thumbprint);
    expect(found.note).toBeUndefined();
  });

  it('uses a temporary one when none can be stored, and explains the effect', async () => {
    const noHome = { platform: 'linux', env: {}, home: '' } as const;
    const chosen = await chooseIdentity({}, noHome, 'probe', 'probe');
    expect(chosen.from).toBeUndefined();
    expect(chosen.note).toMatch(/temporary.*thumbprint changes/);
    expect(chosen.identity.subject).toBe('CN=probe');
  });

  it('uses a temporary one when a file has the name of the folder', async () => {
    const folder = directory();
    writeFileSync(join(folder, 'probe'), 'not a folder');
    const chosen = await chooseIdentity({}, account(folder), 'probe', 'probe');
    expect(chosen.from).toBeUndefined();
    expect(chosen.note).toMatch(/temporary.*thumbprint changes/);
  });

  it('never overwrites a stored one that is damaged, and does not continue', async () => {
    const folder = directory();
    const { from = '' } = await chooseIdentity({}, account(folder), 'probe', 'probe');
    writeFileSync(from, 'damaged');
    const error: unknown = await chooseIdentity({}, account(folder), 'probe', 'probe').catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UsageError);
    expect(readFileSync(from, 'utf8')).toBe('damaged');
  });

  it('reports in one line what is wrong with the files', async () => {
    const { certFile, keyFile } = await pemFiles();
    expect(await complaintOf({ certFile: '/nowhere/cert.pem' })).toContain('/nowhere/cert.pem');
    expect(await complaintOf({ certFile })).toContain('key');
    expect(await complaintOf({ keyFile })).toContain('certificate');
    expect(await complaintOf({ certFile, pfxFile: certFile })).toContain('PFX');
    expect(await complaintOf({ pfxFile: join(directory(), 'a\nb.pfx') })).toContain('.pfx');
  });
});
