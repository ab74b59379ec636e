import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { passphraseFrom } from './passphrase.js';
import { UsageError } from './usage-error.js';

const SECRET = 'canary-7f3a';

function fileWith(content: string | Uint8Array): string {
  const directory = mkdtempSync(join(tmpdir(), 'passphrase-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'secret');
  writeFileSync(file, content);
  return file;
}

describe('passphraseFrom', () => {
  it.each([
    [SECRET, SECRET],
    [`${SECRET}\n`, SECRET],
    [`${SECRET}\r\nmore\r\n`, SECRET],
    [` ${SECRET} \n`, ` ${SECRET} `],
    ['größe\n', 'größe'],
  ])('is the first line of the file: %j', async (content, passphrase) => {
    expect(await passphraseFrom(fileWith(content), { TENTACLE_PASSPHRASE: 'other' })).toBe(passphrase);
  });

  it('is the variable when no file is named', async () => {
    expect(await passphraseFrom(undefined, { TENTACLE_PASSPHRASE: SECRET })).toBe(SECRET);
    expect(await passphraseFrom(undefined, {})).toBeUndefined();
  });

  it.each([
    ['is empty', () => fileWith(''), 'first line'],
    ['begins with an empty line', () => fileWith(`\n${SECRET}\n`), 'first line'],
    ['is too large', () => fileWith(SECRET.repeat(500)), 'too large'],
    ['is not there', () => '/nowhere/secret', 'no such file'],
    ['is a directory', () => tmpdir(), 'is a folder'],
    ['has an evil name', () => '/nowhere/a\nb\x1b[2J', 'no such file'],
    ['has a name that no file can have', () => 'a\0b', 'cannot be read'],
  ])('reports in one line, and without the secret, that a file %s', async (_, file, words) => {
    const error: unknown = await passphraseFrom(file(), { TENTACLE_PASSPHRASE: SECRET }).catch(
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(UsageError);
    const { message } = error as UsageError;
    expect(message).toMatch(/^--passphrase-file: /);
    expect(message).toContain(words);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(message).not.toContain(SECRET);
  });
});
