import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSigningKey, serializeStatement } from '../../packages/protocol/src/diagnostics/index.js';
import { STATEMENT } from '../../packages/protocol/src/identity/statement.test.support.js';
import { reportOf } from '../binaries/report.js';
import { Lab } from '../lab/lab.js';
import { binary } from '../lab/programs.js';
import { type Answer, attestingPeer } from '../peers/attesting-peer.js';
import { healthyPeer } from '../peers/service-peer.js';
import { keyOf, ping } from './run.js';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => lab.end());

const KEY = createSigningKey();

const signing =
  (bytesFor: (nonce: string) => Buffer): Answer =>
  (nonce) => {
    const statement = bytesFor(nonce.toString('hex'));
    const publicKey = Buffer.from(KEY.publicKey, 'hex');
    return { statement, signature: KEY.sign(statement), publicKey, certificate: Buffer.alloc(0) };
  };

/** Pings a peer with this answer, without the pinned key and with it. */
async function pinged(answer: Answer) {
  const { port } = await attestingPeer(answer);
  const target = `127.0.0.1:${port}`;
  return { unpinned: await ping(lab, [target]), pinned: await ping(lab, [target, '--pong-key', KEY.publicKey]) };
}

describe('a pinned key', () => {
  it('must be the key that signs: an impostor with the same certificate has a different key', async () => {
    await lab.pong();
    const expected = keyOf(lab);
    // The certificate and key of pong, in a different configuration folder.
    const elsewhere = join(lab.directory, 'elsewhere');
    mkdirSync(elsewhere);
    const cert = join(lab.directory, 'tentacle-pong', 'identity.pem');
    const impostor = lab.start([process.execPath, binary('pong'), '--port', '0', '--json', '--cert', cert], {
      XDG_CONFIG_HOME: elsewhere,
    });
    const [, port = ''] = await impostor.printed(/"port":(\d+)/);
    const [, key = ''] = await impostor.printed(/"pongKey":"([0-9A-F]{64})"/);
    expect(key).not.toBe(expected);

    const { report, status } = await ping(lab, [`127.0.0.1:${port}`, '--pong-key', expected]);
    expect(status).toBe(1);
    expect(report.verdict).toMatchObject({ id: 'attestation.wrong-key', certainty: { kind: 'ambiguous' } });
    expect(report.verdict.means).toContain(key);
    expect(report.verdict.means).toContain(expected);
    expect(report.attestation).toMatchObject({ result: 'wrong-key', publicKey: key, expectedKey: expected });

    // Without the pin this cannot be detected, and the report has the key that signed.
    const unpinned = await ping(lab, [`127.0.0.1:${port}`]);
    expect(unpinned.status).toBe(0);
    expect(unpinned.report.attestation).toMatchObject({ result: 'one-session', publicKey: key });
    expect(unpinned.report.attestation).not.toHaveProperty('expectedKey');
  });

  it('that does not match ends an idle search before it begins', async () => {
    const port = await lab.pong();
    const command = [process.execPath, binary('ping'), `127.0.0.1:${port}`, '--idle', '1s', '--json', '-q'];
    const { process: child, output } = lab.start([...command, '--pong-key', KEY.publicKey], {
      XDG_CONFIG_HOME: lab.directory,
    });
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const report = reportOf(output.stdout);
    expect([status, report.verdict.id, report.idle]).toEqual([1, 'attestation.wrong-key', undefined]);
  });

  it('remains the same from run to run, with any certificate', async () => {
    const key = async (...args: string[]): Promise<string> => {
      const [, printed = ''] = await lab.startPong(args).printed(/"pongKey":"([0-9A-F]{64})"/);
      return printed;
    };
    const first = await key();
    expect(await key()).toBe(first);
    expect(await key('--cert', join(lab.directory, 'tentacle-ping', 'identity.pem'))).toBe(first);
  });

  it('is a failure with a Tentacle, which cannot attest', async () => {
    const { port } = await healthyPeer();
    const { report, status } = await ping(lab, [`127.0.0.1:${port}`, '--pong-key', KEY.publicKey]);
    expect(status).toBe(1);
    expect(report.verdict.id).toBe('attestation.missing');
    expect(report.attestation).toEqual({ result: 'none', why: 'not-asked', expectedKey: KEY.publicKey });
    const unpinned = await ping(lab, [`127.0.0.1:${port}`]);
    expect(unpinned.status).toBe(0);
    expect(unpinned.report).not.toHaveProperty('attestation');
  });
});

describe('a peer whose attestation is missing or invalid', () => {
  it('does not attest, like an older pong: unknown, and a failure with the key', async () => {
    const { unpinned, pinned: withKey } = await pinged(() => 'no-such-method');
    expect(unpinned.report.attestation).toEqual({ result: 'none', why: 'not-offered' });
    expect([unpinned.status, unpinned.report.verdict.id]).toEqual([0, 'ok']);
    expect([withKey.status, withKey.report.verdict.id]).toEqual([1, 'attestation.missing']);
  });

  it('returns an error: unknown, and a failure with the key', async () => {
    const { unpinned, pinned: withKey } = await pinged(() => 'complains');
    expect(unpinned.report.attestation).toEqual({ result: 'none', why: 'refused', reason: 'not just now' });
    expect(unpinned.status).toBe(0);
    expect(withKey.report.verdict.means).toContain('"not just now"');
  });

  it('uses a newer form: unknown, and a failure with the key', async () => {
    const { unpinned, pinned: withKey } = await pinged(
      signing((nonce) => Buffer.from(JSON.stringify({ v: 2, nonce }))),
    );
    expect(unpinned.report.attestation).toMatchObject({ result: 'none', why: 'other-form' });
    expect([unpinned.status, withKey.report.verdict.id]).toEqual([0, 'attestation.missing']);
  });

  it.each<[string, Answer, string]>([
    ['signs a statement for another client', signing(() => serializeStatement(STATEMENT)), 'other-nonce'],
    ['signs something other than a statement', signing(() => Buffer.from('hello')), 'garbled'],
    [
      'sends a signature that does not match',
      (nonce) => {
        const answer = signing((hex) => serializeStatement({ ...STATEMENT, nonce: hex }))(nonce);
        return typeof answer === 'string' ? answer : { ...answer, signature: Buffer.alloc(64, 1) };
      },
      'bad-signature',
    ],
  ])('%s: invalid, with and without the key', async (_name, answer, why) => {
    const both = await pinged(answer);
    for (const { report, status } of [both.unpinned, both.pinned]) {
      expect(report.attestation).toMatchObject({ result: 'not-valid', why });
      expect([status, report.verdict.id]).toEqual([1, 'attestation.invalid']);
    }
  });

  it('signs a statement about another session', async () => {
    const { unpinned, pinned: withKey } = await pinged(signing((nonce) => serializeStatement({ ...STATEMENT, nonce })));
    for (const { report } of [unpinned, withKey]) expect(report.verdict.id).toBe('trust.intercepted');
  });
});
