import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, ROOT } from './source-files.js';

/**
 * The folders of each package, from the ground up: a file imports from its own folder and from folders before it.
 * Names in one entry are on one level and do not import each other.
 */
const LAYERS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  protocol: [
    ['plain-data', 'text', 'time'],
    ['halibut', 'http'],
    ['identity'],
    ['trace.ts'],
    ['net'],
    ['services'],
    ['diagnostics'],
    ['server'],
    ['client.ts', 'service.ts'],
    ['host'],
    ['cli'],
    ['html', 'web'],
    ['check'],
    ['index.ts', 'diagnostics/index.ts', 'cli/index.ts', 'check/index.ts', 'html/index.ts', 'web/index.ts'],
  ],
  ping: [
    ['options', 'text-input'],
    ['report'],
    ['session'],
    ['remote-records'],
    ['measurements'],
    ['diagnose', 'compare', 'explain'],
    ['output'],
    ['pages'],
    ['exporter'],
    ['commands'],
    ['main.ts'],
  ],
  pong: [['options'], ['server'], ['poller'], ['metrics'], ['output'], ['testing'], ['commands'], ['main.ts']],
};

/** Returns the relative imports of each source file of a package, tests apart, as paths below `src`. */
function importsOf(name: string): Map<string, string[]> {
  const root = `packages/${name}/src`;
  const files = filesBelow(root, /(?<!\.test|\.support)\.ts$/);
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      const targets = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g)].map(([, specifier = '']) =>
        normalize(join(dirname(file), `${specifier}.ts`)).slice(root.length + 1),
      );
      return [file.slice(root.length + 1), targets];
    }),
  );
}

/** Returns the first circle of files that a depth-first walk finds, if any. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of imports.get(file) ?? []) {
      const circle = walk(target, [...path, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = walk(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

describe.each(Object.entries(LAYERS))('the folders of %s', (name, layers) => {
  const imports = importsOf(name);
  /** Returns the level of a file. An entry has its own name in the list, above its folder. */
  const levelOf = (file: string): number => {
    const entry = layers.findIndex((level) => level.includes(file));
    return entry >= 0 ? entry : layers.findIndex((level) => level.some((place) => file.startsWith(`${place}/`)));
  };

  it('are all named in the layers', () => {
    expect([...imports.keys()].filter((file) => levelOf(file) < 0)).toEqual([]);
  });

  it('import only what is below them', () => {
    const upward = [...imports].flatMap(([file, targets]) =>
      targets
        .filter((target) => {
          const place = layers[levelOf(file)]?.find((one) => file === one || file.startsWith(`${one}/`)) ?? file;
          const isOwn = target === place || target.startsWith(`${place}/`);
          return !isOwn && levelOf(target) >= levelOf(file);
        })
        .map((target) => `${file} -> ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('hold no circle of files', () => {
    expect(circleIn(imports)).toBeUndefined();
  });
});

describe('the checks themselves', () => {
  it('find a circle', () => {
    expect(
      circleIn(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual(['b', 'c', 'b']);
  });
});
