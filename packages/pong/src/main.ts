#!/usr/bin/env node
import { runProgram } from 'tentacle-protocol/command-line';
import { PONG } from './options.js';

await runProgram(
  {
    definition: PONG,
    packageJson: new URL('../package.json', import.meta.url),
    commands: { '': async () => import('./commands/run.js') },
  },
  process,
);
