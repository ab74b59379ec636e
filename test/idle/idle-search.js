/* global AbortController, URL */
// Runs one idle search in its own process, because that may have its own network, with a keep-alive interval that a test
// can wait for: the binary uses that of the real library. Prints the report as JSON.
import { readFileSync } from 'node:fs';
import process from 'node:process';
// The build, not the sources: Node 20 does not run TypeScript.
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
