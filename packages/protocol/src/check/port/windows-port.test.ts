import { describe, expect, it } from 'vitest';
import { listeningInstance, recordedCommands, runGroup } from '../host.test.support.js';
import { parseDynamicRange, parseExcludedRanges } from './windows-port.js';
import { portGroup } from './port-group.js';

/** `netsh interface ipv4 show excludedportrange protocol=tcp`, as public threads about Hyper-V and WSL quote it. */
const EXCLUDED = {
  English: `
Protocol tcp Port Exclusion Ranges

Start Port    End Port
----------    --------
        80          80
     10851       10950
     50000       50059     *

* - Administered port exclusions.
`,
  German: `
Protokoll tcp Portausschlussbereiche

Startport    Endport
----------    --------
        80          80
     10851       10950
     50000       50059     *

* - Verwaltete Portausschl\u00fcsse.
`,
};
const DYNAMIC = {
  English: `
Protocol tcp Dynamic Port Range
---------------------------------
Start Port      : 49152
Number of Ports : 16384
`,
  German: `
Protokoll tcp Dynamischer Portbereich
---------------------------------
Startport       : 49152
Anzahl von Ports : 16384
`,
};

const TENTACLE = {
  pid: 4711,
  parent: 700,
  parentName: 'services',
  name: 'Tentacle.exe',
  program: 'C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe',
  started: '2026-01-02T03:04:05.0000000Z',
  user: 'SYSTEM',
};
const CHILD = { ...TENTACLE, pid: 4712, parent: 4242, parentName: null, name: 'powershell.exe' };

/** The object that the script ends in, by the properties of Get-NetTCPConnection and Win32_Process in their documentation. */
const facts = (parts: object): string =>
  JSON.stringify({ connections: 0, listeners: [], processes: [], services: [], ...parts });
const idsOf = async (outputs: Readonly<Record<string, string>>, isConfigured = true, port = 10_933) => {
  const checks = await runGroup(portGroup, {
    options: { port },
    host: { platform: 'win32', run: recordedCommands(outputs), userId: undefined, interfaces: {} },
    configuration: { instances: isConfigured ? [listeningInstance({ port })] : [] },
  });
  return checks.map(({ id }) => id);
};

describe.each(['English', 'German'] as const)('the ranges of an %s Windows', (language) => {
  it('are read', () => {
    expect(parseExcludedRanges(EXCLUDED[language])).toEqual([
      [80, 80],
      [10_851, 10_950],
      [50_000, 50_059],
    ]);
    expect(parseDynamicRange(DYNAMIC[language])).toEqual([49_152, 65_535]);
  });

  it('make a free port unusable, or uncertain', async () => {
    const outputs = { excludedportrange: EXCLUDED[language], dynamicport: DYNAMIC[language], powershell: facts({}) };
    expect(await idsOf(outputs, false)).toEqual(['local.port-free', 'local.port-excluded']);
    expect(await idsOf(outputs, false, 49_200)).toEqual(['local.port-free', 'local.port-ephemeral']);
    expect(await idsOf(outputs, true, 443)).toEqual(['local.port-not-listening']);
  });
});

describe('the port on Windows', () => {
  const listeners = [{ address: '::', pid: 4711 }];

  it('is held by the Tentacle, also where an array has one element', async () => {
    expect(await idsOf({ powershell: facts({ listeners, processes: [TENTACLE] }) })).toEqual(['local.port-held']);
    expect(await idsOf({ powershell: facts({ listeners: listeners[0], processes: TENTACLE }) })).toEqual([
      'local.port-held',
    ]);
  });

  it('is held by a child of a process that has ended, or by none that is known', async () => {
    const ended = [{ address: '::', pid: 4242 }];
    expect(await idsOf({ powershell: facts({ listeners: ended, processes: [CHILD] }) })).toEqual(['local.port-orphan']);
    expect(await idsOf({ powershell: facts({ listeners: ended }) })).toEqual(['local.port-holder-ended']);
  });

  it('is read from netstat where PowerShell does not run, or is unknown', async () => {
    const netstat = '  TCP    [::]:10933             [::]:0                 ABH\u00d6REN         4711\r\n';
    const tasks = '"Tentacle.exe","4711","Services","0","45.000 K"\r\n';
    expect(await idsOf({ netstat, tasklist: tasks })).toEqual(['local.port-held']);
    expect(await idsOf({ netstat, tasklist: '"System","4","Services","0","140 K"\r\n' })).toEqual([
      'local.port-holder-ended',
    ]);
    expect(await idsOf({})).toEqual(['local.port-unread']);
  });
});
