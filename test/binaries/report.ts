import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'vitest';
import { contradictions } from '../../packages/ping/src/report/contradictions.test.support.js';
import type { Report } from '../../packages/ping/src/report/report.js';

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8')) as object;
const fitsSchema = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

/** Parses the report that ping printed, and checks it against its schema, and its verdict against its facts. */
export function reportOf(stdout: string): Report {
  const report: unknown = JSON.parse(stdout);
  expect(fitsSchema(report), JSON.stringify(fitsSchema.errors)).toBe(true);
  expect(contradictions(report as Report)).toEqual([]);
  return report as Report;
}
