import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbid imports that would break the layers of ARCHITECTURE.md, with the reason a reader needs. */
const forbid = (files, groups, message) => ({
  files,
  ignores: ['**/*.test.ts'],
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ group: groups, message }] }] },
});

const sockets = ['node:net', 'node:tls', 'node:dns', 'node:dns/*', 'node:http', 'node:https', 'node:dgram'];

export default tseslint.config(
  { ignores: ['**/dist/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      // Taking a key out of an object by naming it.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: 'error',
    },
  },
  {
    // Only main.ts touches the process: argv, streams, signals, environment, exit status.
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/*/src/main.ts', '**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'console'],
      'no-restricted-imports': [
        'error',
        { name: 'node:os', importNames: ['networkInterfaces'], message: 'It can throw: use readInterfaces.' },
      ],
      'no-console': 'error',
    },
  },
  // test/project/layers.test.ts checks the order of all folders. These rules add what a folder must not import at all.
  forbid(
    ['packages/protocol/src/halibut/**', 'packages/protocol/src/http/**'],
    [...sockets, '**/net/**', '**/identity/**', '**/diagnostics/**'],
    'halibut/ and http/ are bytes and turns: they import no socket, and nothing above them.',
  ),
  forbid(
    ['packages/protocol/src/identity/**'],
    ['**/net/**', '**/diagnostics/**'],
    'identity/ handles certificates and keys, not connections.',
  ),
  forbid(
    ['packages/protocol/src/net/**'],
    ['**/diagnostics/**'],
    'net/ reports what it observed; diagnostics/ names it.',
  ),
  forbid(
    ['packages/protocol/src/diagnostics/*/**', 'packages/protocol/src/diagnostics/!(index).ts'],
    [...sockets, '**/server/**', '**/output/**', 'tentacle-ping', 'tentacle-pong'],
    'diagnostics/ is a table over facts: it opens nothing and prints nothing.',
  ),
  forbid(
    ['packages/ping/src/report/**'],
    [...sockets, '**/output/**', '**/commands/**', '**/session/**', '**/measurements/**', '**/remote-records/**'],
    'report/ owns the data types and the verdicts: it opens no socket, imports no session and no measurement, and prints nothing.',
  ),
  forbid(
    ['packages/ping/src/compare/**'],
    [...sockets, '**/output/**', '**/commands/**', '**/session/**', '**/measurements/**'],
    'compare/ computes with numbers from reports: it imports no output, no command, no session and no socket.',
  ),
  forbid(
    ['packages/ping/src/output/**', 'packages/pong/src/output/**'],
    [...sockets, '**/commands/**', '**/session/**'],
    'An output is a function of a report.',
  ),
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
