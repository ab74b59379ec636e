import { describe, expect, it } from 'vitest';
import { OutputFile } from './output-file.js';
import type { ParsedOptions } from './parse.js';
import { UsageError } from './usage-error.js';

const options = (values: Readonly<Record<string, string>>): ParsedOptions =>
  ({ value: (name: string) => values[name] }) as ParsedOptions;

describe('files that options name', () => {
  it.each([
    [{ html: 'a', record: './a' }],
    [{ output: 'a', html: 'b/../a' }],
    // The results would destroy the key, the targets or the options.
    [{ html: 'server.pfx', pfx: './server.pfx' }],
    [{ record: 'targets.txt', targets: 'targets.txt' }],
    [{ output: 'defaults.yaml', defaults: 'defaults.yaml' }],
  ])('are not written and read, or written twice: %j', (values) => {
    expect(() => OutputFile.of(options(values))).toThrow(UsageError);
  });

  it.each([
    [{ cert: 'both.pem', key: 'both.pem' }],
    [{ html: '/dev/null', record: '/dev/null' }],
    [{ html: 'a.html', record: 'a.ndjson', pfx: 'a.pfx' }],
    [{ output: '-', html: '-' }],
  ])('can be read twice, or are devices: %j', (values) => {
    expect(OutputFile.of(options(values))).toBeUndefined();
  });
});
