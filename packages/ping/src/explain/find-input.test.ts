import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from 'tentacle-protocol/cli';
import { findInput } from './find-input.js';

const folder = mkdtempSync(join(tmpdir(), 'find-input-'));

afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const file = join(folder, 'input.json');
  writeFileSync(file, text);
  return file;
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Standard input is not read.
}

describe('a file to explain', () => {
  it.each([
    '{"schema":"tentacle-ping/report/1"}',
    '\uFEFF{ "schema": "tentacle-ping/records/1"}\n',
    '{\n  "schema": "tentacle-pong/check/1"}',
  ])('is refused where it is a result: %j', async (text) => {
    await expect(findInput([fileOf(text)], nothing())).rejects.toThrow(UsageError);
  });

  it.each(['', '{"level":"warn","msg":"x"}', '{"schema":"other/1"}', 'Connection refused'])(
    'is read from its beginning otherwise: %j',
    async (text) => {
      const input = await findInput([fileOf(text)], nothing());
      if (input.kind !== 'log') throw new Error(`the input is ${input.kind}`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of input.chunks) chunks.push(chunk);
      expect(Buffer.concat(chunks).toString()).toBe(text);
    },
  );
});
