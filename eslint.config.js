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
      'no-console': 'error',
    },
  },
  forbid(
    ['packages/protocol/src/wire/**'],
    [...sockets, '**/transport/**', '**/trust/**', '**/failures/**'],
    'wire/ is bytes and turns: it imports no socket, and nothing above it.',
  ),
  forbid(
    ['packages/protocol/src/trust/**'],
    ['**/transport/**', '**/failures/**'],
    'trust/ knows certificates, not connections.',
  ),
  forbid(
    ['packages/protocol/src/transport/**'],
    ['**/failures/**'],
    'transport/ reports what it saw; failures/ names it.',
  ),
  forbid(
    ['packages/protocol/src/failures/**'],
    [...sockets, '**/reporters/**', 'tentacle-ping', 'tentacle-pong'],
    'failures/ is a table over facts: it opens nothing and prints nothing.',
  ),
  forbid(
    ['packages/ping/src/report/**'],
    [...sockets, '**/reporters/**', '**/commands/**', '**/session/**', '**/measurements/**', '**/remote-records/**'],
    'report/ owns the data types: it opens no socket, imports no session and no measurement, and prints nothing.',
  ),
  forbid(
    ['packages/ping/src/compare/**'],
    [...sockets, '**/reporters/**', '**/commands/**'],
    'compare/ is numbers and what they come to: no reporter, no command, no socket.',
  ),
  forbid(
    ['packages/ping/src/reporters/**'],
    [...sockets, '**/commands/**', '**/attempt.js'],
    'A reporter is a function of a report.',
  ),
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
