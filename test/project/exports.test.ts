import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './source-files.js';

const PROTOCOL = JSON.parse(readFileSync(join(ROOT, 'packages/protocol/package.json'), 'utf8')) as {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
};

/** The run-time names that an entry of the built package exports, imported as any program imports it. */
function namesOf(entry: string): string[] {
  const specifier = entry.replace('.', PROTOCOL.name);
  const print = `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(specifier)}))))`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', print], { cwd: ROOT });
  return JSON.parse(output.toString()) as string[];
}

describe('the entries of tentacle-protocol', () => {
  it('are eight', () => {
    expect(Object.keys(PROTOCOL.exports)).toEqual([
      '.',
      './diagnostics',
      './cli',
      './check',
      './html',
      './web',
      './program',
      './open-files',
    ]);
  });

  it.each(Object.keys(PROTOCOL.exports))('%s can be imported from the build', (entry) => {
    expect(namesOf(entry).length).toBeGreaterThan(0);
  });

  it('the main entry stays small enough to learn: at most 70 run-time names', () => {
    const names = namesOf('.');
    expect(names).toEqual(expect.arrayContaining(['connect', 'serve']));
    expect(names.length).toBeLessThanOrEqual(70);
  });
});

describe.each(['protocol', 'ping', 'pong'])('the package of %s', (folder) => {
  const text = (file: string): string => readFileSync(join(ROOT, 'packages', folder, file), 'utf8');
  const about = JSON.parse(text('package.json')) as Readonly<Record<string, unknown>>;

  it('carries its README and the license of the repository', () => {
    expect(text('README.md')).toContain(about['name']);
    expect(text('LICENSE')).toBe(readFileSync(join(ROOT, 'LICENSE'), 'utf8'));
    expect(about['files']).toEqual(expect.arrayContaining(['README.md', 'LICENSE']));
  });

  it('names its repository, home page, issue tracker and keywords', () => {
    expect(about).toMatchObject({
      repository: { type: 'git', directory: `packages/${folder}` },
      homepage: expect.stringMatching(/^https:/) as string,
      bugs: expect.stringMatching(/^https:/) as string,
      keywords: expect.arrayContaining(['octopus-deploy']) as string[],
    });
  });
});
