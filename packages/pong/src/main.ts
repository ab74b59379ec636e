#!/usr/bin/env node
import { runProgram } from 'tentacle-protocol/program';
import { PONG } from './options/definition.js';

// It ends the process itself. Not awaited: a single executable holds CommonJS, which has no top-level await.
void runProgram(
  {
    definition: PONG,
    packageJson: new URL('../package.json', import.meta.url),
    commands: {
      '': async () => import('./commands/run.js'),
      check: async () => import('./commands/check.js'),
    },
  },
  process,
);
