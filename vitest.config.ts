import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`packages/${path}`, import.meta.url));

/** Tests that replace a module must be the first to load it. */
const MOCKED = ['**/src/**/*.mocked.test.ts', 'test/**/*.mocked.test.ts'];

export default defineConfig(({ mode }) => {
  // All tests take a quarter of an hour: `npm test` leaves files that take long to `npm run test:all` and to CI.
  const isWhole = mode === 'all' || process.env.CI === 'true';
  return {
    // Tests read the sources, so that coverage speaks of them; only the tests that start a binary need the build.
    resolve: {
      alias: {
        'tentacle-protocol/diagnostics': source('protocol/src/diagnostics/index.ts'),
        'tentacle-protocol/check': source('protocol/src/check/index.ts'),
        'tentacle-protocol/html': source('protocol/src/html/index.ts'),
        'tentacle-protocol/web': source('protocol/src/web/index.ts'),
        'tentacle-protocol/program': source('protocol/src/cli/program.ts'),
        'tentacle-protocol/cli': source('protocol/src/cli/index.ts'),
        'tentacle-protocol': source('protocol/src/index.ts'),
      },
    },
    test: {
      env: { TENTACLE_TESTS: isWhole ? 'all' : 'short' },
      projects: [
        { extends: true, test: { name: 'mocked', include: MOCKED, isolate: true } },
        {
          extends: true,
          test: {
            name: 'tests',
            include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
            exclude: [...configDefaults.exclude, ...MOCKED, ...(isWhole ? [] : ['**/*.long.test.ts'])],
            // Modules that are loaded once for all files halve the time; the whole run shows that no file depends on it.
            isolate: isWhole,
          },
        },
      ],
      // A limit for tests that hang. The longest takes 5 s here, and twenty times as long on a busy machine with coverage.
      testTimeout: 100_000,
      hookTimeout: 100_000,
      // Thousands of real processes on a busy machine: one that starves fails once, a fault fails again. The output names both.
      retry: isWhole ? 1 : 0,
      // Most tests wait for sockets and processes: more of them at a time than there are cores.
      maxWorkers: 4,
      coverage: {
        enabled: isWhole,
        provider: 'v8',
        include: ['packages/*/src/**/*.ts'],
        exclude: ['**/*.test.ts'],
        reporter: ['text-summary', 'html'],
      },
    },
  };
});
