import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { DiagnosisReport } from '../../packages/ping/src/diagnose/diagnosis-report.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import { command, startPong } from './command.js';

const schema = JSON.parse(readFileSync(new URL('../../docs/diagnosis.schema.json', import.meta.url), 'utf8')) as object;
const fitsSchema = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

/** Parses the document that diagnose printed, and checks it against its schema. */
function diagnosisOf(stdout: string): DiagnosisReport {
  const diagnosis: unknown = JSON.parse(stdout);
  expect(fitsSchema(diagnosis), JSON.stringify(fitsSchema.errors)).toBe(true);
  return diagnosis as DiagnosisReport;
}

function statuses({ steps }: DiagnosisReport): Record<string, string> {
  return Object.fromEntries(steps.map(({ id, status }) => [id, status]));
}

describe('tentacle-ping diagnose', () => {
  it('runs every step against a healthy pong, with the verdict ok and no warning', async () => {
    const pong = await startPong('--bind', '127.0.0.1');
    const { status, stdout } = await command('ping', ['diagnose', `localhost:${pong.port}`, '--json']).ended;
    pong.process.kill();
    await pong.ended;
    const diagnosis = diagnosisOf(stdout);
    expect(diagnosis.steps.filter((step) => !['ok', 'skipped'].includes(step.status))).toEqual([]);
    expect(diagnosis).toMatchObject({ verdict: { id: 'ok' }, warnings: [], unknown: [] });
    expect(Object.keys(statuses(diagnosis)).join()).toMatch(
      /^settings,local,name,tcp,.*tls,tls-offers,sni,certificate,page,identity,peer,attestation,payloads,repeat$/,
    );
    expect(status).toBe(0);
  });

  it('runs every possible step against a pong that does not trust the client', async () => {
    const pong = await startPong('--bind', '127.0.0.1', '--trust', 'C'.repeat(40));
    const { status, stdout } = await command('ping', ['diagnose', `127.0.0.1:${pong.port}`, '--json']).ended;
    pong.process.kill();
    await pong.ended;
    const diagnosis = diagnosisOf(stdout);
    expect(diagnosis.verdict.id).toBe('trust.rejected-by-pong');
    expect(statuses(diagnosis)).toMatchObject({ tls: 'ok', page: 'ok', identity: 'problem', repeat: 'ok' });
    // Pong's page names the certificate that arrived, which confirms the cause that a Tentacle's silence leaves open.
    expect(diagnosis.verdict.certainty).toMatchObject({ kind: 'conclusive' });
    expect(diagnosis.unknown).toEqual([]);
    const thumbprint = diagnosis.steps[0]?.evidence['ownThumbprint'] as string;
    expect(diagnosis.verdict.next[0]?.linux).toBe(`tentacle-pong --port ${pong.port} --trust ${thumbprint}`);
    // Only a Tentacle's log is predicted.
    expect(diagnosis.traces).toEqual([]);
    expect(status).toBe(1);
  });

  it('and ping name the command of a pong that does not trust the client', async () => {
    const pong = await startPong('--bind', '127.0.0.1', '--trust', 'C'.repeat(40));
    const { stdout } = await command('ping', [`127.0.0.1:${pong.port}`, '-c', '2', '-i', '0', '--json']).ended;
    pong.process.kill();
    await pong.ended;
    const { verdict, outcomes, peer } = JSON.parse(stdout) as Report;
    expect(verdict.id).toBe('trust.rejected-by-pong');
    expect(outcomes).toEqual({ 'trust.rejected-by-pong': 2 });
    expect(verdict.next[0]?.windows).toBe(`tentacle-pong --port ${pong.port} --trust ${peer.ownThumbprint}`);
  });

  it('prints each step and the verdict as text', async () => {
    const ssh = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n');
    }).listen(0, '127.0.0.1');
    await once(ssh, 'listening');
    const { port } = ssh.address() as { port: number };
    const { status, stdout } = await command('ping', ['diagnose', `127.0.0.1:${port}`]).ended;
    ssh.close();
    expect(status).toBe(1);
    expect(stdout).toMatch(/^ {2}ok tcp /m);
    expect(stdout).toMatch(/^ {2}X {2}tls /m);
    expect(stdout).toMatch(/^ {2}- {2}(?:not tested|certificate) /m);
    expect(stdout).toMatch(/SSH-2\.0-OpenSSH_9\.2p1/);
    expect(stdout).toMatch(/^X .*\(tls\.not-tls\)/m);
  });

  it('prints a verdict from the finished steps when it is stopped', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const ping = command('ping', ['diagnose', `127.0.0.1:${port}`, '--timeout', '1h']);
    await ping.printed(/^ {2}ok tcp /m);
    ping.process.kill('SIGINT');
    const { status, stdout } = await ping.ended;
    silent.close();
    expect(status).toBe(1);
    expect(stdout).toMatch(/^(?:ok|X|\?) /m);
  });
});
