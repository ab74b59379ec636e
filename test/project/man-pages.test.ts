import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { PONG } from '../../packages/pong/src/options/definition.js';
import { itWith, program } from '../real-components.js';
import { ROOT } from './source-files.js';

const pages = [
  { definition: PING, path: join(ROOT, 'packages/ping/man/tentacle-ping.1') },
  { definition: PONG, path: join(ROOT, 'packages/pong/man/tentacle-pong.1') },
];

describe.each(pages)('the manual page of $definition.name', ({ definition, path }) => {
  it('has every command and option', () => {
    const page = readFileSync(path, 'utf8').replaceAll('\\-', '-');
    for (const { name, options } of definition.commands) {
      expect(page).toContain(`\\fB${`${definition.name} ${name}`.trimEnd()}\\fR`);
      for (const option of Object.keys(options))
        expect(page).toContain(`\\fB${option.length === 1 ? '-' : '--'}${option}\\fR`);
    }
  });

  itWith(program('man'), 'is shown by man without a warning', async () => {
    const env = { ...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8' };
    const { stdout, stderr } = await Promise.resolve(
      spawnSync('man', ['--warnings', '-l', path], { encoding: 'utf8', env }),
    );
    expect(stderr).toBe('');
    expect(stdout).toContain('EXAMPLES');
    expect(stdout.split('\n').filter((line) => /^\s*\.[A-Z]/.test(line))).toEqual([]);
  });

  itWith(program('mandoc'), 'is read by mandoc without a warning', async () => {
    const { stdout } = await Promise.resolve(spawnSync('mandoc', ['-Tlint', '-Wwarning', path], { encoding: 'utf8' }));
    // The page has no date, because each build of a version is to have the same bytes.
    expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
  });
});
