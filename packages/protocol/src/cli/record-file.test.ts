import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RecordFile } from './record-file.js';

const folder = mkdtempSync(join(tmpdir(), 'tentacle-record-'));
let files = 0;

function open(maxBytes: number, before = '') {
  const path = join(folder, `${++files}.ndjson`);
  if (before !== '') writeFileSync(path, before);
  const warnings: string[] = [];
  const file = RecordFile.open({ path, maxBytes, warn: (text) => warnings.push(text) }, { schema: 'test' });
  const documents = () =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { record?: number; summary?: number });
  return { file, warnings, documents, sizeBytes: () => readFileSync(path).length };
}

describe('a record file with a limit', () => {
  it('stops at the limit, warns once, counts what it leaves out, and ends with the summary', () => {
    const { file, warnings, documents, sizeBytes } = open(200);
    for (let record = 0; record < 100; record++) file.add({ record });
    expect(sizeBytes()).toBeLessThanOrEqual(200);
    file.end({ summary: 1 });
    const records = documents().filter((line) => line.record !== undefined);
    expect(records.length).toBeGreaterThan(5);
    expect(records.map(({ record }) => record)).toEqual(records.map((_, index) => index));
    expect(file.leftOut).toBe(100 - records.length);
    expect(documents().at(-1)).toEqual({ summary: 1 });
    expect(warnings).toHaveLength(1);
  });

  it('after a line that did not fit, a shorter one is left out too, so that no gap is unseen', () => {
    const { file, documents } = open(60);
    file.add({ record: 1, text: 'x'.repeat(100) });
    file.add({ record: 2 });
    file.end({ summary: 1 });
    expect(documents()).toEqual([{ schema: 'test' }, { summary: 1 }]);
    expect(file.leftOut).toBe(2);
  });

  it('what the file held before counts', () => {
    const { file, documents } = open(100, `{"record":${'1'.repeat(100)}}\n`);
    file.add({ record: 2 });
    file.end({ summary: 1 });
    expect(file.leftOut).toBe(1);
    expect(documents()).toHaveLength(3);
  });
});
