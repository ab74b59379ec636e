import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Method, requireText } from '../../packages/protocol/src/index.js';
import { pemOf, testIdentity } from '../identities.js';
import { tentaclePeer } from '../peers/tentacle-peer.js';
import { ROOT } from '../project/source-files.js';

const README = readFileSync(join(ROOT, 'packages/protocol/README.md'), 'utf8');
const EXAMPLES = [...README.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code);

/** A folder in which the package is installed, as a reader of the README has it. */
const folder = mkdtempSync(join(tmpdir(), 'readme-'));
const NAMES = ['client', 'service'] as const;

/** Compiling takes 2 to 10 s, mostly for the types of Node.js and the language; more on a busy machine. */
const COMPILE_TIMEOUT_MS = 120_000;

let compilerMessages: readonly string[] | undefined;

const client = await testIdentity('a client');
const service = await testIdentity('a service');

beforeAll(async () => {
  await mkdir(join(folder, 'node_modules'));
  await symlink(join(ROOT, 'packages/protocol'), join(folder, 'node_modules/tentacle-protocol'), 'junction');
  // Stored in advance, because generating a key takes up to a second.
  for (const [name, identity] of [['client', client] as const, ['service', service] as const]) {
    const { cert, key } = pemOf(identity);
    await mkdir(join(folder, `${name}-identity`), { mode: 0o700 });
    await writeFile(join(folder, `${name}-identity/identity.pem`), `${key.trimEnd()}\n${cert}`, { mode: 0o600 });
  }
  await Promise.all(NAMES.map(async (name, i) => writeFile(join(folder, `${name}.mts`), EXAMPLES[i] ?? '')));
  compilerMessages = compile();
}, COMPILE_TIMEOUT_MS);

afterAll(async () => rm(folder, { recursive: true }));

const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** Starts a compiled example. Reading its lines begins at once. */
function run(name: (typeof NAMES)[number], ...args: string[]) {
  const child = spawn(process.execPath, [`${name}.mjs`, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const exit = once(child, 'close');
  const errors: Buffer[] = [];
  child.stderr.on('data', (bytes: Buffer) => void errors.push(bytes));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, exit, lines, errors: () => Buffer.concat(errors).toString() };
}

/** Compiles the examples, strictly, against the types of the build. Returns the compiler's messages. */
function compile(): string[] {
  const program = ts.createProgram(
    NAMES.map((name) => join(folder, `${name}.mts`)),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      strict: true,
      noUnusedLocals: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
  );
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

describe('the examples in the README of tentacle-protocol', () => {
  it('are a client of at most ten lines and a service of at most twenty, and compile', () => {
    const lengths = EXAMPLES.map((code) => code.trimEnd().split('\n').length);
    expect(lengths).toHaveLength(2);
    expect(lengths[0]).toBeLessThanOrEqual(10);
    expect(lengths[1]).toBeLessThanOrEqual(20);
    expect(compilerMessages).toEqual([]);
  });

  it('the client prints the capabilities of a listening Tentacle', async () => {
    const tentacle = await tentaclePeer();
    const { exit, lines, errors } = run('client', '127.0.0.1', String(tentacle.port), tentacle.thumbprint);
    const printed: string[] = [];
    for await (const line of { [Symbol.asyncIterator]: () => lines }) printed.push(line);
    expect(errors()).toBe('');
    expect(await exit).toEqual([0, null]);
    expect(printed.join(' ')).toContain('supportedCapabilities');
    expect(printed.join(' ')).toContain('IScriptService');
    await tentacle.allGone();
  });

  it('the service answers a trusted client and rejects another one', async () => {
    const { child, exit, lines, errors } = run('service', client.thumbprint);
    const line = ((await lines.next()) as IteratorResult<string, undefined>).value ?? errors();
    const [, port, thumbprint = ''] = /^port (\d+), thumbprint (\w+)$/.exec(line) ?? [];
    expect([Number(port) > 0, thumbprint]).toEqual([true, service.thumbprint]);
    const target = { host: '127.0.0.1', port: Number(port), thumbprint };

    const greet: Method<string, string> = {
      service: 'IGreetingService',
      method: 'Greet',
      writeParams: (name) => [name],
      readParams: ([name]) => requireText(name),
      writeResult: (greeting) => greeting,
      readResult: (greeting) => requireText(greeting),
    };
    const peer = await connect({ ...target, identity: client });
    expect(await peer.call(greet, 'world')).toBe('Hello, world');
    await peer.close();

    const stranger = await testIdentity('a stranger');
    await expect(connect({ ...target, identity: stranger })).rejects.toMatchObject({ code: 'END_OF_STREAM' });

    child.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
    expect(errors()).toBe('');
  });
});
