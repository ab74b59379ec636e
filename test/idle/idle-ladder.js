/* global AbortController, URL */
// An idle ladder in a process of its own, because its network may be its own, with a keep-alive that a test can wait
// for: the binary's is that of the real library. It prints the report as JSON.
import { readFileSync } from 'node:fs';
import process from 'node:process';
// The build, not the sources: Node 20 reads no TypeScript.
import { measureIdleTimeout } from '../../packages/ping/dist/measurements/idle/measure-idle.js';
import { PING } from '../../packages/ping/dist/options/definitions.js';
import { parseRunOptions } from '../../packages/ping/dist/options/run-options.js';
import { createIdentity } from '../../packages/protocol/dist/index.js';
import { parseArguments } from '../../packages/protocol/dist/cli/index.js';

const { args, keepAliveUs } = JSON.parse(process.argv[2]);
const key = readFileSync(new URL('../fixtures/test-only-rsa-2048.pem', import.meta.url), 'utf8');
const identity = await createIdentity({ commonName: 'Octopus Server', key });
const { positionals, options } = await parseArguments(PING, args);
const never = new AbortController().signal;
const report = await measureIdleTimeout({
  options: parseRunOptions(positionals, options),
  identity,
  version: '0.0.0',
  onProgress: () => undefined,
  stop: never,
  keepAliveUs,
});
process.stdout.write(JSON.stringify(report));
