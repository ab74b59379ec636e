#!/usr/bin/env node
import { runProgram } from 'tentacle-protocol/program';
import { PING } from './options/definitions.js';

// It ends the process itself. Not awaited: a single executable holds CommonJS, which has no top-level await.
void runProgram(
  {
    definition: PING,
    packageJson: new URL('../package.json', import.meta.url),
    commands: {
      '': async () => import('./commands/measure.js'),
      check: async () => import('./commands/check.js'),
      compare: async () => import('./commands/compare.js'),
      diagnose: async () => import('./commands/diagnose.js'),
      explain: async () => import('./commands/explain.js'),
      listen: async () => import('./commands/listen.js'),
      report: async () => import('./commands/report.js'),
      serve: async () => import('./commands/serve.js'),
    },
  },
  process,
);
