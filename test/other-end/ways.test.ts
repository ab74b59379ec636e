import { afterEach, beforeEach, describe, expect } from 'vitest';
import type { ComparedEnds } from '../../packages/ping/src/report/remote-view.js';
import { reportOf } from '../binaries/report.js';
import { Lab } from '../lab/lab.js';
import { type Host, routed } from '../lab/network.js';
import { binary } from '../lab/programs.js';
import { itWith, namespaces } from '../real-components.js';

describe('what the other end recorded, through a router', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(async () => lab.end());

  /** A pong behind a router, which gets these rules, and a report on it. */
  const measured = async (furnish: (router: Host, port: number) => void, ...args: string[]) => {
    const { here, router, there, address } = routed(lab);
    const port = await there.pong();
    furnish(router, port);
    const ping = [...here.prefix, process.execPath, binary('ping'), `${address}:${port}`, '--json', '-q', ...args];
    const { process: child, output } = lab.start(ping, { XDG_CONFIG_HOME: lab.directory });
    await new Promise((resolve) => child.once('close', resolve));
    const report = reportOf(output.stdout);
    expect(report.otherEnd?.status).toBe('compared');
    return { report, ends: report.otherEnd as ComparedEnds };
  };

  /** Everything that tells a difference. */
  const differences = ({ translated, tls, certificates, firstBytes, failures, others, cut }: ComparedEnds) => ({
    translated,
    tls,
    certificates,
    firstBytes,
    failures,
    others,
    cut,
  });

  const NONE = {
    translated: [],
    tls: [],
    certificates: [],
    firstBytes: [],
    failures: [],
    others: 0,
    cut: { beforeTls: 0, inHandshake: 0, afterTls: 0 },
  };

  itWith(namespaces(), 'a clean way: no difference', async () => {
    const { report, ends } = await measured(() => undefined, '-c', '10', '-i', '0');
    expect(ends.attempts).toEqual({ sent: 10, arrived: 10, neverArrived: 0, kept: 0, notSent: 0, unknown: 0 });
    expect(ends.joinedBy).toEqual({ activity: 10 });
    expect(differences(ends)).toEqual(NONE);
    // Both ends have one clock here.
    expect(Math.abs(ends.clock?.differenceUs ?? Number.NaN)).toBeLessThanOrEqual(ends.clock?.uncertaintyUs ?? 0);
    expect(report.verdict.id).toBe('ok');
  });

  itWith(namespaces(), 'one new connection in ten is dropped: these never arrive, and that is conclusive', async () => {
    const drop = (router: Host, port: number): void => {
      router.firewall('forward', `tcp dport ${port} tcp flags & (syn | ack) == syn numgen inc mod 10 == 0 drop`);
    };
    // Less than the second after which a SYN is sent again.
    const { report, ends } = await measured(drop, '-c', '30', '-i', '0', '-W', '800ms');
    expect(report.outcomes).toEqual({ ok: 27, 'tcp.timeout': 3 });
    expect(ends.attempts).toEqual({ sent: 30, arrived: 27, neverArrived: 3, kept: 0, notSent: 0, unknown: 0 });
    expect(ends.failures).toMatchObject([{ id: 'tcp.timeout', of: 3, neverArrived: 3, addressReached: true }]);
    expect(report.verdict).toMatchObject({ id: 'tcp.timeout', certainty: { kind: 'conclusive' } });
    expect(report.verdict.means).toMatch(/\b3 of 30\b/);
    expect(differences({ ...ends, failures: [] })).toEqual(NONE);
  });

  itWith(namespaces(), 'reset at the ClientHello: these arrive and are cut, by neither end', async () => {
    const reset = (router: Host, port: number): void => {
      // Behind a TCP header with timestamps: a TLS record of the handshake (22) that holds a ClientHello (1).
      const hello = `tcp dport ${port} @th,256,8 0x16 @th,296,8 0x01`;
      router.firewall('forward', `${hello} numgen inc mod 5 == 0 reject with tcp reset`);
    };
    const { report, ends } = await measured(reset, '-c', '10', '-i', '0');
    expect(report.outcomes).toEqual({ ok: 8, 'tls.reset': 2 });
    expect(ends.attempts).toMatchObject({ sent: 10, arrived: 10, neverArrived: 0, unknown: 0 });
    expect(ends.joinedBy).toEqual({ activity: 8, port: 2 });
    // It lets nothing of the ClientHello through.
    expect(ends.cut).toEqual({ beforeTls: 2, inHandshake: 0, afterTls: 0 });
    expect(ends.failures).toMatchObject([{ id: 'tls.reset', of: 2, cutBetween: 2, endings: [{ count: 2 }] }]);
    expect(report.verdict).toMatchObject({ id: 'tls.reset', certainty: { kind: 'conclusive' } });
    expect(report.verdict.means).toContain('neither end');
  });

  itWith(namespaces(), 'an address translator is reported with its address, and nothing else', async () => {
    const { report, ends } = await measured((router) => router.masquerade(), '-c', '10', '-i', '0');
    expect(ends.attempts).toMatchObject({ sent: 10, arrived: 10, unknown: 0 });
    expect(differences(ends)).toEqual({ ...NONE, translated: [{ address: '10.72.2.254', count: 10 }] });
    expect(report.verdict.id).toBe('ok');
  });

  itWith(namespaces(), 'behind an address translator, attempts that never arrive are found too', async () => {
    const translateAndDrop = (router: Host, port: number): void => {
      router.masquerade();
      router.firewall('forward', `tcp dport ${port} tcp flags & (syn | ack) == syn numgen inc mod 10 == 0 drop`);
    };
    const { report, ends } = await measured(translateAndDrop, '-c', '20', '-i', '0', '-W', '800ms');
    expect(ends.attempts).toMatchObject({ sent: 20, arrived: 18, neverArrived: 2, unknown: 0 });
    expect(ends.translated).toEqual([{ address: '10.72.2.254', count: 18 }]);
    expect(report.verdict).toMatchObject({ id: 'tcp.timeout', certainty: { kind: 'conclusive' } });
  });

  /** One connection in five loses all packets that hold more than an acknowledgement, in one direction. */
  const loseContent = (direction: 'sport' | 'dport') => (router: Host, port: number) => {
    router.firewall(
      'forward',
      `tcp dport ${port} tcp flags & (syn | ack) == syn numgen inc mod 5 == 0 ct mark set 1`,
      `ct mark 1 tcp ${direction} ${port} ip length > 200 drop`,
    );
  };

  itWith(
    namespaces(),
    'the ClientHello is lost in transit: no byte of it arrived, and that is conclusive',
    async () => {
      const { report, ends } = await measured(loseContent('dport'), '-c', '10', '-i', '0', '-W', '800ms');
      expect(report.outcomes).toEqual({ ok: 8, 'tls.silent': 2 });
      expect(ends.failures).toMatchObject([{ id: 'tls.silent', of: 2, nothingCame: 2 }]);
      expect(report.verdict).toMatchObject({ id: 'tls.silent', certainty: { kind: 'conclusive' } });
    },
  );

  itWith(namespaces(), 'the ServerHello is lost in transit: two of four causes are left', async () => {
    const { report, ends } = await measured(loseContent('sport'), '-c', '10', '-i', '0', '-W', '800ms');
    expect(report.outcomes).toEqual({ ok: 8, 'tls.silent': 2 });
    expect(ends.failures).toMatchObject([{ id: 'tls.silent', of: 2, answerLost: 2 }]);
    const { certainty } = report.verdict;
    expect(certainty.kind === 'ambiguous' && certainty.causes).toHaveLength(2);
  });
});
