import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseModuleFile } from '../../packages/ping/src/exporter/module-file.js';

const ROOT = new URL('../../', import.meta.url);

const validate = new Ajv({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(new URL('docs/modules.schema.json', ROOT), 'utf8')) as object,
);

/** Examples of the file of modules in the documentation. */
const EXAMPLES = [...readFileSync(new URL('docs/fleet.md', ROOT), 'utf8').matchAll(/```yaml\n([^`]*)```/g)]
  .map(([, text = '']) => text)
  .filter((text) => /^(?:targets|modules|polling):/m.test(text));

describe('the schema of the file of modules', () => {
  it('has examples to check', () => {
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(3);
  });

  it.each(EXAMPLES)('accepts an example of the documentation, as the program does', (text) => {
    expect(() => parseModuleFile(text, 'modules.yaml')).not.toThrow();
    validate(parse(text));
    expect(validate.errors).toBeNull();
  });

  it.each([
    'module: {}',
    'modules: { a: { timout: 5s } }',
    'modules: { "a b": {} }',
    'modules: { a: { level: [tls] } }',
    'modules: { a: { no-sni: 1 } }',
    'polling: { level: tls }',
    'targets: x',
  ])('rejects %s, as the program does', (text) => {
    expect(() => parseModuleFile(text, 'modules.yaml')).toThrow(/modules\.yaml:1:\d+/);
    expect(validate(parse(text))).toBe(false);
  });
});
