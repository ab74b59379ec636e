import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { DiagnosisReport } from '../../packages/ping/src/diagnose/diagnosis-report.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import { describeFailure, failureDefinition, type FailureId } from '../../packages/protocol/src/diagnostics/index.js';
import { command, home, startPong } from '../binaries/command.js';
import { opensslPeer } from '../peers/openssl-peer.js';
import { relay } from '../peers/relay.js';
import { greeter, tcpPeer } from '../peers/tcp-peer.js';
import { tlsRelay } from '../peers/tls-relay.js';
import { itWith, program } from '../real-components.js';
import { wordsOf } from './printed-commands.js';

/*
 * The commands of this project that steps print most: each is run with one cause of the failure and with another one,
 * and has to show which it is.
 */
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The alert "protocol version", which a peer with an unusable certificate sends in place of it. */
const ALERT = Buffer.from('15030300020246', 'hex');

/** Returns a command of a failure's steps, for another host and port. */
function printed(id: FailureId, beginning: string, port: number): string[] {
  const { example } = failureDefinition(id);
  const facts = { ...example.facts, host: '127.0.0.1', port };
  const { remediation } = describeFailure(id, { ...example, facts });
  const lines = remediation.flatMap(({ linux }) => linux?.split('\n') ?? []);
  const line = lines.find((command) => command.startsWith(beginning));
  if (line === undefined) throw new Error(`no step of ${id} prints ${beginning}`);
  return wordsOf(line).slice(1);
}

async function run<Result>(args: readonly string[]): Promise<Result> {
  const { stdout } = await command('ping', [...args, '--json']).ended;
  return JSON.parse(stdout) as Result;
}

/** The id of the verdict of one attempt. */
async function measured(port: number): Promise<Report> {
  return run([`127.0.0.1:${port}`, '--count', '1', '--timeout', '2s']);
}

describe('tentacle-ping diagnose, a step of tls.version', () => {
  itWith(program('openssl'), 'separates old versions from a certificate that cannot be used', async () => {
    const old = await opensslPeer('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0');
    const unusable = await greeter(ALERT);
    const [ofOld, ofUnusable] = await Promise.all(
      [old, unusable].map(({ port }) => run<DiagnosisReport>(printed('tls.version', 'tentacle-ping diagnose', port))),
    );
    expect([ofOld?.verdict.id, ofUnusable?.verdict.id]).toEqual(['tls.version', 'tls.version']);
    const offers = (report?: DiagnosisReport): unknown => report?.steps.find(({ id }) => id === 'tls-offers')?.evidence;
    expect(JSON.stringify(offers(ofOld))).toContain('TLSv1.1');
    expect(ofOld?.verdict.certainty).not.toEqual(ofUnusable?.verdict.certainty);
  });
});

describe('tentacle-pong beside the Tentacle, a step of most failures', () => {
  it('separates a hung process from a device that forwards nothing: tls.silent', async () => {
    expect(printed('tls.silent', 'tentacle-pong', 10933)).toEqual(['--port', '10934']);
    const pong = await startPong('--bind', '127.0.0.1');
    const hung = await tcpPeer((socket) => void socket.pause());
    const device = await relay(pong.port, () => undefined);
    expect((await measured(hung.port)).verdict.id).toBe('tls.silent');
    // The process: its stand-in answers. The device: it swallows what is for the stand-in too.
    expect((await measured(pong.port)).verdict.id).toBe('ok');
    expect((await measured(device.port)).verdict.id).toBe('tls.silent');
    pong.process.kill();
    await pong.ended;
  });

  it('shows which client certificate arrives: trust.closed-after-identity', async () => {
    expect(printed('trust.closed-after-identity', 'tentacle-pong', 10933)).toEqual(['--port', '10934']);
    const pong = await startPong('--bind', '127.0.0.1');
    const device = await tlsRelay(pong.port, (_, chunk) => chunk);
    const direct = await measured(pong.port);
    const throughDevice = await measured(device.port);
    const { ownThumbprint } = direct.peer;
    expect(direct.peer.peerView?.clientThumbprint).toBe(ownThumbprint);
    expect(throughDevice.peer.peerView?.clientThumbprint).not.toBe(ownThumbprint);
    pong.process.kill();
    await pong.ended;
  });
});
