import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../diagnostics/checks/check.js';
import type { TentacleInstance } from '../configuration/configuration.js';
import { listeningInstance, runGroup } from '../host.test.support.js';
import { portGroup } from './port-group.js';

const isRoot = process.getuid?.() === 0;
let folder: string;
const children: ChildProcess[] = [];
const pids: number[] = [];
const servers: Server[] = [];

/** A process under another name, as a copy of a program. */
async function program(name: string, source = '/bin/sleep'): Promise<string> {
  await copyFile(source, join(folder, name));
  return join(folder, name);
}

/** Starts a process that opens a port, and returns the numbers that the script prints. */
async function start(
  script: string,
  prefix: readonly string[] = [],
  node = process.execPath,
): Promise<readonly number[]> {
  const run = script.startsWith('/') ? [script] : ['-e', script, '--'];
  const command = [...prefix, node, ...run, '--password=secret'];
  const child = spawn(command[0] ?? node, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const ended = once(child, 'exit').then(() => ['']);
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer | string];
  return line.toString().trim().split(' ').map(Number);
}

/** Listens, passes the socket to a child of this name, prints the port and the child's number, and then ends or stays. */
const inheritingScript = (child: string, end: string, host = '0.0.0.0'): string => `
  const server = require('node:net').createServer().listen(0, '${host}', () => {
    const child = require('node:child_process').spawn('${child}', ['60'],
      { stdio: ['ignore', 'ignore', 'ignore', server._handle.fd], detached: true });
    child.unref();
    console.log(server.address().port, child.pid);
    ${end}
  });`;

async function listenAt(host: string, port = 0): Promise<number> {
  const server = createServer().listen(port, host);
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const check = async (
  port: number,
  instance?: Partial<TentacleInstance>,
  userId = process.getuid?.(),
): Promise<readonly Check[]> =>
  runGroup(portGroup, {
    options: { port },
    host: { userId },
    configuration: { instances: instance === undefined ? [] : [listeningInstance({ port, ...instance })] },
  });
const ids = (checks: readonly Check[]): readonly string[] => checks.map(({ id }) => id);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-port-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const pid of pids.splice(0)) process.kill(pid, 'SIGKILL');
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rm(folder, { recursive: true }));

describe.runIf(platform() === 'linux')('the port', () => {
  it('is free, and with an instance that should listen a problem', async () => {
    const port = await listenAt('127.0.0.1');
    servers.splice(0).forEach((server) => server.close());
    expect(ids(await check(port))).toContain('local.port-free');
    expect(ids(await check(port, {}))).toContain('local.port-not-listening');
  });

  it('is held by this process: number, account and start', async () => {
    const port = await listenAt('::');
    const [held] = await check(port);
    expect(held).toMatchObject({ id: 'local.port-held', status: 'ok' });
    expect(held?.title).toContain(`${process.pid}`);
    expect(held?.evidence.join()).toContain(new Date().toISOString().slice(0, 8));
    expect(ids(await check(port, {}))).toEqual(['local.port-held-by-other']);
  });

  it('is held by a Tentacle, by its name and as a program of dotnet', async () => {
    const script = `const s=require('node:net').createServer().listen(0,'::',()=>console.log(s.address().port))`;
    const [named = 0] = await start(script, [], await program('Tentacle', process.execPath));
    expect(ids(await check(named, {}))).toEqual(['local.port-held']);
    const dotnet = await program('dotnet', process.execPath);
    const file = join(folder, 'Tentacle.dll');
    await writeFile(file, script);
    const [interpreted = 0] = await start(file, [], dotnet);
    const [held] = await check(interpreted, {});
    expect(held).toMatchObject({ id: 'local.port-held' });
    expect(JSON.stringify(held)).not.toContain('secret');
  });

  it('is open on loopback only, at one address only, or for IPv4 only', async () => {
    expect(ids(await check(await listenAt('127.0.0.1')))).toEqual(['local.port-held', 'local.port-loopback-only']);
    expect(ids(await check(await listenAt('::1')))).toEqual(['local.port-held', 'local.port-loopback-only']);
  });

  it('is held by two processes at two addresses, or at the same one', async () => {
    const script = (host: string, port: number): string =>
      `const s=require('node:net').createServer().listen(${port},'${host}',()=>console.log(s.address().port))`;
    const [port = 0] = await start(script('127.0.0.1', 0));
    await start(script('127.0.0.2', port));
    const several = (await check(port)).find(({ id }) => id === 'local.port-several-holders');
    expect(several?.evidence.filter((line) => /127\.0\.0\.[12]/.test(line))).toHaveLength(2);
  });

  it.each(['powershell', 'Calamari', 'pwsh', 'bash'])('is held by %s, whose parent has ended', async (name) => {
    const child = await program(name);
    const [port = 0, pid = 0] = await start(inheritingScript(child, 'process.exit();'));
    pids.push(pid);
    await once(children[0] ?? process, 'exit');
    const [orphan] = await check(port);
    expect(orphan).toMatchObject({ id: 'local.port-orphan', status: 'problem' });
    expect(orphan?.title).toContain(`${name} (process ${pid}`);
    const commands = orphan?.next.flatMap(({ linux = '', windows = '' }) => [linux, windows]) ?? [];
    expect(commands).toContain(`sudo kill ${pid}`);
    expect(commands).toContain(`Stop-Process -Id ${pid}`);
  });

  it('is also open in a child that inherited it', async () => {
    const child = await program('Calamari');
    const [port = 0, pid = 0] = await start(inheritingScript(child, ''));
    pids.push(pid);
    const inherited = (await check(port)).find(({ id }) => id === 'local.port-inherited');
    expect(inherited?.title).toContain(`Calamari (process ${pid})`);
  });

  it.runIf(isRoot)('is free here, and held in another network namespace', async () => {
    // The system chooses one that is free here.
    const free = createServer().listen(0, '::');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const script = `const s=require('node:net').createServer().listen(${port},'::',()=>console.log(s.address().port))`;
    await start(script, ['unshare', '-n']);
    const [other] = await check(port);
    expect(other).toMatchObject({ id: 'local.port-other-namespace', status: 'ok' });
    expect(ids(await check(port, {}))).toContain('local.port-not-listening');
  });
});
