import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Host } from '../host.js';

const RECORDED = new URL('../../../../../test/fixtures/tentacle-configurations/', import.meta.url);

/** What every host has. */
const LOOPBACK = {
  address: '127.0.0.1',
  family: 'IPv4' as const,
  internal: true,
  netmask: '255.0.0.0',
  mac: '00:00:00:00:00:00',
  cidr: '127.0.0.1/8',
};

/** What a recorded host has beside its files. */
export type HostParts = Partial<Omit<Host, 'fileRoot'>>;

/** A host whose files are in a folder of its own, which is removed with {@link RecordedHost.remove}. */
export interface RecordedHost extends Host {
  readonly write: (path: string, text: string) => string;
  readonly remove: () => void;
}

/** Returns a host without files. */
export function emptyHost(parts: HostParts = {}): RecordedHost {
  const fileRoot = mkdtempSync(join(tmpdir(), 'recorded-host-'));
  const write = (path: string, text: string): string => {
    const file = join(fileRoot, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  return {
    platform: 'linux',
    env: {},
    home: '/root',
    userId: 0,
    hostname: 'web01',
    interfaces: { lo: [LOOPBACK] },
    run: async () => Promise.resolve({ kind: 'missing' }),
    ...parts,
    fileRoot,
    write,
    remove: () => rmSync(fileRoot, { recursive: true, force: true }),
  };
}

/** A configuration that Tentacle wrote; see the README beside it. */
export function recordedConfiguration(name: string): string {
  return readFileSync(new URL(`${name}.config`, RECORDED), 'utf8');
}

/** Returns a host with registered instances, each with the recorded configuration of its name. */
export function hostWith(names: readonly string[], parts: HostParts = {}): RecordedHost {
  const host = emptyHost(parts);
  for (const name of names) {
    const configFile = `/etc/octopus/${name}/tentacle-${name}.config`;
    host.write(configFile, recordedConfiguration(name));
    register(host, name, configFile);
  }
  return host;
}

/** Adds an instance to the host's list of instances. */
export function register(host: RecordedHost, name: string, configFile: string): void {
  const entry = JSON.stringify({ Name: name, ConfigurationFilePath: configFile });
  host.write(`/etc/octopus/Tentacle/Instances/${name.toLowerCase()}.config`, entry);
}
