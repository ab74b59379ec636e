import { expect, it } from 'vitest';
import { parseRegistry } from './configuration/registered-instances.js';
import { testHost } from './host.test.support.js';
import { parseDynamicPorts } from './policy/check-ephemeral-ports.js';
import { parseSchannel } from './policy/check-schannel.js';
import { type CommandResult, powershellJson } from './run-command.js';

/** The result of a command that prints these lines as commands of Windows end them. */
async function printed(...lines: readonly string[]): Promise<CommandResult> {
  const text = JSON.stringify(lines.map((line) => `${line}\r\n`).join(''));
  return testHost().run(process.execPath, ['-e', `process.stdout.write(${text})`]);
}

async function output(...lines: readonly string[]): Promise<string> {
  const result = await printed(...lines);
  return result.kind === 'done' ? result.stdout : result.kind;
}

it('reads the object that PowerShell prints', async () => {
  expect(await powershellJson(async () => printed('{"port":10933}'), '')).toEqual({ port: 10_933 });
});

it('reads what reg.exe and netsh.exe print', async () => {
  const tls = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2';
  expect(parseSchannel(await output('', `${tls}\\Client`, '    Enabled    REG_DWORD    0x0', ''))).toEqual([
    { protocol: 'TLS 1.2', role: 'Client', enabled: false },
  ]);
  const instance = 'HKEY_LOCAL_MACHINE\\Software\\Octopus\\Tentacle\\Web';
  expect(parseRegistry(await output('', instance, '    ConfigurationFilePath    REG_SZ    C:\\Web.config'))).toEqual([
    { name: 'Web', configFile: 'C:\\Web.config' },
  ]);
  expect(parseDynamicPorts(await output('Start Port      : 49152', 'Number of Ports : 16384'))).toEqual({
    first: 49_152,
    total: 16_384,
  });
});

it('masks what could act on a terminal', async () => {
  expect(await output('a\u001b[2Jb\rc')).toBe('a?[2Jb?c\n');
});
