import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { powershell } from '../powershell.js';
import { itWith, program } from '../real-components.js';
import { command } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'tentacle-completion-'));
writeFileSync(join(folder, 'my report.json'), '{}');

async function scriptFor(name: 'ping' | 'pong', shell: string): Promise<string> {
  const { status, stdout } = await command(name, ['completion', shell]).ended;
  expect(status).toBe(0);
  return stdout;
}

function run(shell: string, args: readonly string[], input = ''): string[] {
  const { stdout, stderr } = spawnSync(shell, args, { input, encoding: 'utf8', cwd: folder });
  expect(stderr).toBe('');
  return stdout.split(/\r?\n/).filter((line) => line !== '');
}

/** What bash offers for the last of the words. */
async function inBash(name: 'ping' | 'pong', ...words: string[]): Promise<string[]> {
  const typed = [`tentacle-${name}`, ...words].map((word) => `'${word}'`).join(' ');
  const script = await scriptFor(name, 'bash');
  const complete = `COMP_WORDS=(${typed}) COMP_CWORD=${words.length}\n_tentacle_${name}\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', ['--norc', '-s'], `${script}\n${complete}\n`);
}

async function inFish(line: string): Promise<string[]> {
  const script = `${await scriptFor('ping', 'fish')}\ncomplete -C '${line}'\n`;
  return run('fish', ['--no-config', '-c', script]).map((offered) => offered.split('\t')[0] ?? '');
}

async function inPowershell(line: string): Promise<string[]> {
  const complete = `(TabExpansion2 -inputScript '${line}' -cursorColumn ${line.length}).CompletionMatches.CompletionText`;
  const script = `${await scriptFor('ping', 'powershell')}\n${complete}\n`;
  return run(powershell.name, ['-NoProfile', '-NonInteractive', '-Command', script]);
}

describe('completion in bash', () => {
  it('offers commands and options', async () => {
    expect(await inBash('ping', 'd')).toEqual(['diagnose']);
    expect(await inBash('ping', '--co')).toEqual(['--count', '--concurrency', '--color']);
    expect(await inBash('ping', 'diagnose', '--h')).toEqual(['--html', '--help']);
    expect(await inBash('pong', 'c')).toEqual(['check', 'completion']);
  });

  it('offers values and files', async () => {
    expect(await inBash('ping', 'web01', '--level', 't')).toEqual(['tls']);
    expect(await inBash('ping', 'web01', '--histogram', '=', 'r')).toEqual(['rpc']);
    expect(await inBash('ping', 'help', 'id')).toEqual(['idle']);
    expect(await inBash('ping', 'report', 'my')).toEqual(['my report.json']);
    expect(await inBash('pong', '--log-format', 'j')).toEqual(['json']);
    expect(await inBash('ping', 'web01', '--count', '')).toEqual([]);
  });
});

describe('completion in other shells', () => {
  itWith(program('zsh'), 'is read by zsh', async () => {
    for (const name of ['ping', 'pong'] as const) expect(run('zsh', ['-n'], await scriptFor(name, 'zsh'))).toEqual([]);
  });

  itWith(program('fish'), 'offers commands, options and values in fish', async () => {
    expect(await inFish('tentacle-ping dia')).toEqual(['diagnose']);
    expect(await inFish('tentacle-ping diagnose --htm')).toEqual(['--html']);
    expect(await inFish('tentacle-ping web01 --level t')).toEqual(['tls']);
    expect(await inFish('tentacle-ping help idl')).toEqual(['idle']);
  });

  itWith(powershell, 'offers commands, options and values in PowerShell', async () => {
    expect(await inPowershell('tentacle-ping dia')).toEqual(['diagnose']);
    expect(await inPowershell('tentacle-ping diagnose --htm')).toEqual(['--html']);
    expect(await inPowershell('tentacle-ping web01 --level t')).toEqual(['tls']);
    expect(await inPowershell('tentacle-ping help idl')).toEqual(['idle']);
  });
});
