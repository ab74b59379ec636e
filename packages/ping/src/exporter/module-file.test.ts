import { UsageError } from 'tentacle-protocol/cli';
import { describe, expect, it } from 'vitest';
import { parseModuleFile } from './module-file.js';

describe('the file of modules', () => {
  it('has options of each module as texts, and allowed targets', () => {
    const { modules, targets } = parseModuleFile(
      'targets:\n  - "*.example.com:10933"\nmodules:\n  a:\n    timeout: 5\n  b:\n',
      'm.yaml',
    );
    expect(modules.map(({ name, options }) => [name, [...options].map(([key, { values }]) => [key, values])])).toEqual([
      ['a', [['timeout', ['5']]]],
      ['b', []],
    ]);
    expect(targets.map(({ text }) => text)).toEqual(['*.example.com:10933']);
  });

  it.each(['', '# nothing\n', 'modules:\n'])('%j has the default module', (text) => {
    expect(parseModuleFile(text, 'm.yaml').modules.map(({ name }) => name)).toEqual(['default']);
  });

  it.each([
    ['an unknown key', 'modules:\n  a:\n    timout: 5s\n', '3:5'],
    ['an unknown key of the file', 'module: x\n', '1:1'],
    ['a repeated key', 'modules:\n  a:\n    level: tls\n    level: echo\n', '4:5'],
    ['a list for a value', 'modules:\n  a:\n    level: [tls]\n', '3:12'],
    ['a list for modules', 'modules:\n  - a\n', '2:3'],
    ['a flag that is neither true nor false', 'modules:\n  a:\n    no-sni: yes\n', '3:13'],
    ['a name with a space', 'modules:\n  "a b": {}\n', '2:3'],
    ['a text for targets', 'targets: x\n', '1:10'],
    ['a target that is none', 'targets:\n  - a\n  - "a:0"\n', '3:5'],
    ['an alias', 'modules:\n  a: &x\n    level: tls\n  b: *x\n', '4:6'],
    ['text that is not YAML', 'modules:\n  a: "\n', '3:1'],
  ])('%s is rejected at its place', (_, text, at) => {
    expect(() => parseModuleFile(text, 'm.yaml')).toThrow(UsageError);
    expect(() => parseModuleFile(text, 'm.yaml')).toThrow(`m.yaml:${at}: `);
  });

  it('has a bounded number of modules, because they are values of a label', () => {
    const text = `modules:\n${Array.from({ length: 101 }, (_, i) => `  m${i}: {}\n`).join('')}`;
    expect(() => parseModuleFile(text, 'm.yaml')).toThrow(/\b100\b/);
  });
});
