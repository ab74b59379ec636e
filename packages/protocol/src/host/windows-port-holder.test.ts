import { describe, expect, it } from 'vitest';
import { type RunProgram, windowsPortHolder } from './windows-port-holder.js';

/** netstat -ano and tasklist /FO CSV /NH, as Windows prints them. */
const NETSTAT: Readonly<Record<string, string>> = {
  English: `
Active Connections

  Proto  Local Address          Foreign Address        State           PID
  TCP    0.0.0.0:80             0.0.0.0:0              LISTENING       4
  TCP    0.0.0.0:10933          0.0.0.0:0              LISTENING       4712
  TCP    10.0.0.5:10934         10.0.0.9:10935         ESTABLISHED     816
  TCP    [::]:10936             [::]:0                 LISTENING       999
  TCP    127.0.0.1:10937        0.0.0.0:0              LISTENING       0
  UDP    0.0.0.0:10938          *:*                                    77
`,
  German: `
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    0.0.0.0:80             0.0.0.0:0              ABH\u00d6REN         4
  TCP    0.0.0.0:10933          0.0.0.0:0              ABH\u00d6REN         4712
  TCP    10.0.0.5:10934         10.0.0.9:10935         HERGESTELLT     816
  TCP    [::]:10936             [::]:0                 ABH\u00d6REN         999
`,
};
const TASKS = '\r\n"Tentacle.exe","4712","Services","0","45.000 K"\r\n"System","4","Services","0","140 K"\r\n';

const runOf =
  (netstat: string, tasks = TASKS): RunProgram =>
  async (name) =>
    Promise.resolve((name === 'netstat.exe' ? netstat : tasks).replaceAll(/\r?\n/g, '\r\n'));

describe.each(Object.entries(NETSTAT))('the holder of a port on an %s Windows', (_, netstat) => {
  it.each([
    [10933, { pid: 4712, name: 'Tentacle.exe' }],
    [80, { pid: 4, name: 'System' }],
    [10936, { pid: 999, name: 'unknown' }],
  ])('%i', async (port, holder) => {
    expect(await windowsPortHolder(port, runOf(netstat))).toEqual({ kind: 'process', ...holder });
  });

  it.each([10934, 10935, 10937, 10938, 1093, 5])('%i, which has none that is known', async (port) => {
    expect(await windowsPortHolder(port, runOf(netstat))).toBeUndefined();
  });
});

it('a name cannot break the line', async () => {
  const run = runOf(NETSTAT['English'] ?? '', '"evil\u001b[2J\u202e.exe","4712","x"');
  expect(await windowsPortHolder(10933, run)).toMatchObject({ name: 'evil?[2J?.exe' });
});

it('is unknown where the programs are missing', async () => {
  const missing: RunProgram = async () => Promise.reject(new Error('ENOENT'));
  expect(await windowsPortHolder(10933, missing)).toBeUndefined();
  expect(await windowsPortHolder(10933)).toBeUndefined();
});
