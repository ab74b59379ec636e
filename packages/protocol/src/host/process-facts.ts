import { readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { quote } from '../text/sanitize.js';
import { readText } from './read-text.js';

/** What a process is, as far as its name and program show. */
export type ProcessKind =
  | 'tentacle'
  | 'octopus-server'
  | 'pong'
  | 'ping'
  /** It forwards a port of the host to a container. */
  | 'port-forwarder'
  /** It runs a script or a deployment step: it does not listen by itself. */
  | 'script'
  | 'other';

/** A process of this host. Plain data; no arguments, as they may hold secrets. */
export interface ProcessFacts {
  readonly pid: number;
  readonly name: string;
  readonly kind: ProcessKind;
  /** The program's file, where it is visible. */
  readonly program?: string;
  /** The account's name, or its number where it has none. */
  readonly user?: string;
  /** UTC, ISO 8601. */
  readonly startedAt?: string;
  readonly parentPid?: number;
  /** Absent where no such process exists. */
  readonly parentName?: string;
  /** The service that it was started by: `tentacle.service` of systemd, or the name of a Windows service. */
  readonly service?: string;
  /** Where a port forwarder forwards to. */
  readonly forwardsTo?: string;
}

/** Arguments are only searched for a program's name. */
const ARGUMENTS_MAX_BYTES = 8 * 1024;

const STATUS_MAX_BYTES = 8 * 1024;

const PASSWD_MAX_BYTES = 1024 * 1024;

/** Linux counts a process's start in these, whatever the kernel's own clock is. */
const TICKS_PER_SECOND = 100;

/** Describes a process from `/proc`. Undefined if it has ended. @param root the prefix of `/proc` and `/etc`. */
export async function readProcess(pid: number, root = ''): Promise<ProcessFacts | undefined> {
  const folder = `${root}/proc/${pid}`;
  const status = parseStat((await readText(`${folder}/stat`, STATUS_MAX_BYTES)) ?? '');
  if (status === undefined) return undefined;
  const program = await readlink(`${folder}/exe`).catch(() => undefined);
  const args = ((await readText(`${folder}/cmdline`, ARGUMENTS_MAX_BYTES)) ?? '').split('\0');
  const comm = await readName(folder);
  const parentName = await readProcessName(status.parentPid, root);
  const startedAt = await readStart(status.startTicks, root);
  const service = await readService(folder);
  const user = await readUser(folder, root);
  const kind = kindOf([comm, basename(program ?? ''), args[0] ?? '', ...interpretedFiles(program, args)]);
  const name = (PRODUCTS as Partial<Record<ProcessKind, string>>)[kind] ?? displayName(comm, program, args);
  const forwardsTo = kind === 'port-forwarder' ? readForward(args) : undefined;
  return {
    pid,
    name,
    kind,
    parentPid: status.parentPid,
    ...(program === undefined ? {} : { program: masked(program) }),
    ...(user === undefined ? {} : { user }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(parentName === undefined ? {} : { parentName }),
    ...(service === undefined ? {} : { service }),
    ...(forwardsTo === undefined ? {} : { forwardsTo }),
  };
}

/** The name of a process. Undefined if it has ended. */
export async function readProcessName(pid: number, root = ''): Promise<string | undefined> {
  return (await readText(`${root}/proc/${pid}/comm`, STATUS_MAX_BYTES)) === undefined
    ? undefined
    : readName(`${root}/proc/${pid}`);
}

async function readName(folder: string): Promise<string> {
  return masked(((await readText(`${folder}/comm`, STATUS_MAX_BYTES)) ?? 'unknown').trim());
}

/** A process can choose any name. */
function masked(text: string): string {
  return quote(text).slice(1, -1);
}

/** `pid (name) state parent ...`; the name may hold spaces and brackets. The start is the 22nd field. */
function parseStat(text: string): { readonly parentPid: number; readonly startTicks: number } | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid] = fields;
  if (state === undefined || parentPid === undefined || state === 'Z') return undefined;
  return { parentPid: Number(parentPid), startTicks: Number(fields[19]) };
}

async function readStart(startTicks: number, root: string): Promise<string | undefined> {
  const [, bootSeconds] = /^btime (\d+)$/m.exec((await readText(`${root}/proc/stat`, PASSWD_MAX_BYTES)) ?? '') ?? [];
  const startMs = (Number(bootSeconds) + startTicks / TICKS_PER_SECOND) * 1000;
  return Number.isFinite(startMs) ? new Date(startMs).toISOString() : undefined;
}

/** The systemd unit of the process's control group: `0::/system.slice/tentacle.service`. */
/** The unit of systemd that a process belongs to. @param folder that of the process in `/proc`. */
export async function readService(folder: string): Promise<string | undefined> {
  const [, unit] = /\/([^/\n]+\.service)/.exec((await readText(`${folder}/cgroup`, STATUS_MAX_BYTES)) ?? '') ?? [];
  return unit === undefined ? undefined : masked(unit);
}

async function readUser(folder: string, root: string): Promise<string | undefined> {
  const info = await stat(folder).catch(() => undefined);
  return info === undefined ? undefined : userName(info.uid, root);
}

/** The name of an account, or its number where it has none on this host. */
export async function userName(userId: number, root = ''): Promise<string> {
  return (await findUserName(userId, root)) ?? `user ID ${userId}`;
}

/** The name of an account. Undefined where it has none on this host, as accounts of a directory. */
export async function findUserName(userId: number, root = ''): Promise<string | undefined> {
  const passwd = (await readText(`${root}/etc/passwd`, PASSWD_MAX_BYTES)) ?? '';
  const [name] = passwd.split('\n').flatMap((line) => {
    const [account = '', , id] = line.split(':');
    return Number(id) === userId && id !== '' ? [account] : [];
  });
  return name === undefined ? undefined : masked(name);
}

/** Programs that run in an interpreter, whose name says less. */
const PRODUCTS = {
  tentacle: 'Tentacle',
  'octopus-server': 'Octopus.Server',
  pong: 'tentacle-pong',
  ping: 'tentacle-ping',
} as const satisfies Partial<Record<ProcessKind, string>>;

/** Programs that run another one, whose file is their first argument. */
const INTERPRETERS = /^(?:dotnet|node|mono|python3?(?:\.\d+)?)(?:\.exe)?$/i;

/** The name, or the program and the file that it runs. A later argument may hold a secret, and a name can be set. */
function displayName(comm: string, program: string | undefined, args: readonly string[]): string {
  const [, file] = args;
  if (program === undefined || file === undefined || !INTERPRETERS.test(basename(program))) return comm;
  if (!/^[^-].*\.(?:dll|exe|m?js|py)$/i.test(file)) return comm;
  return masked(`${basename(program)} ${basename(file)}`);
}

/** The file that an interpreter runs is behind a few options at most. */
function interpretedFiles(program: string | undefined, args: readonly string[]): readonly string[] {
  return INTERPRETERS.test(basename(program ?? '')) ? args.slice(1, 4) : [];
}

const KINDS: readonly (readonly [ProcessKind, RegExp])[] = [
  ['tentacle', /^(?:.*[/\\ ])?Tentacle(?:\.exe|\.dll)?$/i],
  ['octopus-server', /^(?:.*[/\\ ])?Octopus\.Server(?:\.exe|\.dll)?$/i],
  ['pong', /^(?:.*[/\\ ])?tentacle-pong(?:\.exe)?$|[/\\](?:tentacle-)?pong[/\\]dist[/\\]main\.js$/i],
  ['ping', /^(?:.*[/\\ ])?tentacle-ping(?:\.exe)?$|[/\\](?:tentacle-)?ping[/\\]dist[/\\]main\.js$/i],
  [
    'port-forwarder',
    /^(?:.*[/\\ ])?(?:docker-proxy|rootlessport|slirp4netns|wslrelay|com\.docker\.backend)(?:\.exe)?$/i,
  ],
  // What Octopus starts to run a step: Calamari, the shells, and the tools that scripts run longest.
  [
    'script',
    /^(?:.*[/\\ ])?(?:calamari.*|powershell(?:_ise)?|pwsh|cmd|bash|dash|sh|zsh|octo|octopus|dotnet-script|fsi|terraform|kubectl|helm|git|msbuild|conhost|sleep|timeout)(?:\.exe|\.dll)?$/i,
  ],
];

/** The name of a product's process. */
export function productName(kind: 'tentacle' | 'octopus-server'): string {
  return PRODUCTS[kind];
}

/** @param words its names, and the arguments that may name its program. */
export function kindOf(words: readonly string[]): ProcessKind {
  return KINDS.find(([, pattern]) => words.some((word) => pattern.test(word)))?.[0] ?? 'other';
}

/** `docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 80 -container-ip 172.17.0.2 -container-port 8080` */
function readForward(args: readonly string[]): string | undefined {
  const valueAfter = (name: string): string | undefined => args[args.indexOf(name) + 1];
  if (!args.includes('-container-ip') || !args.includes('-container-port')) return undefined;
  return masked(`${valueAfter('-container-ip') ?? ''}:${valueAfter('-container-port') ?? ''}`);
}
