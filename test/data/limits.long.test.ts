import { describe, expect, vi } from 'vitest';
import type { SizesFound } from '../../packages/ping/src/report/sizes-report.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import { drawConclusion } from '../../packages/ping/src/report/draw-conclusion.js';
import { program } from '../components.js';
import { Lab } from '../lab/lab.js';
import { missingNamespaces } from '../lab/network.js';
import { binary } from '../lab/programs.js';
import type { Path } from '../lab/scenario.js';
import { cutAfter, narrowLink } from '../lab/scenarios/data.js';
import { itWith } from '../real-components.js';

/* The limits that a search over sizes finds, against the limits of the device. */

vi.setConfig({ testTimeout: 120_000 });

const missing = program('nft').missing ?? missingNamespaces();
const needs = { name: 'network namespaces', missing };

/** Measures a path that is set up like this. */
async function measured(setUp: (lab: Lab) => Promise<Path>, ...args: readonly string[]): Promise<Report> {
  const lab = await Lab.open();
  try {
    const path = await setUp(lab);
    const command = [...(path.prefix ?? []), process.execPath, binary('ping'), ...path.args, ...args];
    const ping = lab.start([...command, '--json', '--quiet'], { XDG_CONFIG_HOME: lab.directory });
    await new Promise((resolve) => ping.process.once('close', resolve));
    const report = JSON.parse(ping.output.stdout) as Report;
    const { sent, ok, failed, cancelled } = report.attempts;
    expect(sent).toBe(ok + failed + cancelled);
    return report;
  } finally {
    await lab.end();
  }
}

/** The causes that remain in the verdict. */
function causesOf({ verdict: { certainty } }: Report): readonly string[] {
  return certainty.kind === 'ambiguous' ? certainty.causes : [];
}

/** Whether every size above the limit failed, and none below. On a busy machine others may fail too, which proves less. */
function isConsistent(limit: SizesFound | undefined): boolean {
  return limit?.inconsistent.length === 0 && limit.largestOkBytes !== undefined;
}

/** The bytes that a connection carries in addition: handshake, certificates, calls, headers of packets and records. */
const OVERHEAD_BYTES = 12_000;
/** A packet has 1,448 bytes of TLS, and 52 of headers. */
const HEADERS = 1.05;

describe('a device that counts the bytes of a connection', () => {
  itWith(needs, 'and drops packets after 300,000 of an upload', async () => {
    const report = await measured(
      (lab) => cutAfter(lab, { direction: 'upload', bytes: 300_000, verdict: 'drop' }, '10.48.1'),
      '--sizes',
      '1,64KB,1MB',
    );
    const { upload, download } = report.sizes ?? {};
    expect(report.verdict).toMatchObject({ id: 'data.stalled', certainty: { kind: 'ambiguous' } });
    expect(causesOf(report)).toHaveLength(3);
    expect(upload).toMatchObject({ inconsistent: [], complete: true });
    expect(upload?.largestOkBytes).toBeLessThan(300_000);
    expect(upload?.smallestFailedBytes).toBeGreaterThan(300_000 / HEADERS - OVERHEAD_BYTES);
    expect(download).toEqual({ largestOkBytes: 1_000_000, inconsistent: [], complete: true });
  });

  itWith(needs, 'and resets the connection after 300,000 of a download', async () => {
    const report = await measured(
      (lab) => cutAfter(lab, { direction: 'download', bytes: 300_000, verdict: 'reject with tcp reset' }, '10.48.2'),
      '--sizes',
      '1,64KB,1MB',
    );
    const { upload, download } = report.sizes ?? {};
    expect(report.verdict.id).toBe('data.reset');
    expect(download).toMatchObject({ complete: true });
    // Without a consistent limit, the records of the pong alone decide.
    expect(causesOf(report)).toHaveLength(isConsistent(download) ? 3 : 0);
    // The pong did not close any of these connections, and the verdict says so.
    const recorded = report.otherEnd?.status === 'compared' ? report.otherEnd.failures : [];
    const cut = recorded.find(({ id }) => id === 'data.reset');
    if (cut === undefined) throw new Error('the records of tentacle-pong show no reset');
    expect(cut.of).toBeGreaterThan(0);
    expect(cut).toMatchObject({ cutBetween: cut.of, endedThere: 0, neverArrived: 0, unknown: 0 });
    expect(report.verdict.means).toContain(drawConclusion('data.reset', cut, {}).says);
    // The device counts the bytes of the download, and acts on the next packet from this end.
    expect(download?.smallestFailedBytes).toBeGreaterThan(300_000 / HEADERS - OVERHEAD_BYTES);
    expect(upload?.largestOkBytes).toBe(1_000_000);
  });

  itWith(needs, 'and drops packets after 6,000 of an upload: small pieces do not pass either', async () => {
    const report = await measured(
      (lab) => cutAfter(lab, { direction: 'upload', bytes: 6000, verdict: 'drop' }, '10.48.3'),
      '--sizes',
      '1,16KB',
    );
    expect(report.verdict.id).toBe('data.stalled');
    const { upload } = report.sizes ?? {};
    expect(upload).toMatchObject({ passesInPieces: false, complete: true });
    // The pieces rule out a limit of one transfer.
    expect(causesOf(report)).toHaveLength(isConsistent(upload) ? 2 : 4);
  });

  itWith(needs, 'and stops one large upload in the middle: the report has the bytes that moved', async () => {
    const report = await measured(
      (lab) => cutAfter(lab, { direction: 'upload', bytes: 3_000_000, verdict: 'drop' }, '10.48.4'),
      '--upload',
      '50MB',
    );
    expect(report.verdict.id).toBe('data.stalled');
    expect(report.failures[0]?.evidence.transfer).toMatchObject({ direction: 'upload', sizeBytes: 50_000_000 });
    expect(report.failures[0]?.evidence.code).toBe('WRITE_TIMEOUT');
    const [upload] = report.transfers ?? [];
    expect(upload).toMatchObject({ whole: 0, broken: 1 });
    expect(upload?.movedBytes).toBeGreaterThan(2_800_000);
    expect(upload?.movedBytes).toBeLessThan(50_000_000);
  });
});

describe('a device that reports the host as unreachable during a transfer', () => {
  itWith(needs, 'is data.other, whose cause is unknown', async () => {
    const report = await measured(
      async (lab) => {
        const cut = { direction: 'upload', bytes: 1_000_000, verdict: 'reject with icmp host-unreachable' } as const;
        const path = await cutAfter(lab, cut, '10.48.5');
        // After this number of retransmissions the system ends the connection, with the error that the device reported.
        lab.run([...(path.prefix ?? []), 'sysctl', '-qw', 'net.ipv4.tcp_retries2=2']);
        return { ...path, args: [...path.args.slice(0, 1), '--timeout', '60s'] };
      },
      '--upload',
      '50MB',
    );
    expect(report.failures[0]).toMatchObject({ id: 'data.other', evidence: { code: 'EHOSTUNREACH' } });
    expect(report.verdict.certainty.kind).toBe('unknown');
  });
});

describe('a link of 1,492 bytes that sends no ICMP message about it', () => {
  itWith(needs, 'is found by the size of its packets, in both directions', async () => {
    const report = await measured((lab) => narrowLink(lab, 'at both routers', '10.48.6'), '--sizes');
    expect(report.verdict.id).toBe('data.path-mtu');
    for (const limit of [report.sizes?.upload, report.sizes?.download]) {
      expect(limit).toMatchObject({ passesInPieces: true, inconsistent: [], complete: true });
      // IP and TCP take 52 bytes and TLS 22: of 1,492 bytes, 1,418 remain.
      expect(limit?.largestOkBytes).toBeLessThanOrEqual(1418);
      expect(limit?.smallestFailedBytes).toBeGreaterThan(1418);
    }
    expect(report.verdict.means).toMatch(/\b14\d\d to 1[45]\d\d bytes/);
    const commands = report.verdict.next.flatMap(({ windows = '', linux = '' }) => [windows, linux]).join();
    expect(commands).toMatch(/ping -f -l 14\d\d 10\.48\.6\.10.*tracepath/s);
  });
});
