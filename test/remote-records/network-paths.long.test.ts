import { afterEach, beforeEach, describe, expect } from 'vitest';
import type { ComparedEnds } from '../../packages/ping/src/report/remote-view.js';
import { drawConclusion } from '../../packages/ping/src/report/draw-conclusion.js';
import { reportOf } from '../binaries/report.js';
import { Lab } from '../lab/lab.js';
import { type Host, routed } from '../lab/network.js';
import { binary } from '../lab/programs.js';
import { itWith, namespaces } from '../real-components.js';

describe('the records of the other end, through a router', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(async () => lab.end());

  /** Measures a pong behind a router with these rules. */
  const measured = async (setRules: (router: Host, port: number) => void, ...args: string[]) => {
    const { here, router, there, address } = routed(lab);
    const port = await there.pong();
    setRules(router, port);
    const ping = [...here.prefix, process.execPath, binary('ping'), `${address}:${port}`, '--json', '-q', ...args];
    const { process: child, output } = lab.start(ping, { XDG_CONFIG_HOME: lab.directory });
    await new Promise((resolve) => child.once('close', resolve));
    const report = reportOf(output.stdout);
    expect(report.otherEnd?.status).toBe('compared');
    return { report, ends: report.otherEnd as ComparedEnds };
  };

  /** All parts of the comparison that describe a difference. */
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

  /** The sentence that the records of the only failure allow. */
  const conclusionIn = ({ failures, listener }: ComparedEnds): string => {
    const [failure] = failures;
    if (failure === undefined || listener === undefined) throw new Error('no failure was recorded');
    const { says } = drawConclusion(failure.id, failure, { listener });
    if (says === undefined) throw new Error(`the records show nothing about ${failure.id}`);
    return says;
  };

  itWith(namespaces(), 'a path without a device: no difference', async () => {
    const { report, ends } = await measured(() => undefined, '-c', '10', '-i', '0');
    expect(ends.attempts).toEqual({ sent: 10, arrived: 10, neverArrived: 0, kept: 0, notSent: 0, unknown: 0 });
    expect(ends.joinedBy).toEqual({ activity: 10 });
    expect(differences(ends)).toEqual(NONE);
    // Both ends use the same clock here.
    expect(Math.abs(ends.clock?.differenceUs ?? Number.NaN)).toBeLessThanOrEqual(ends.clock?.uncertaintyUs ?? 0);
    expect(report.verdict.id).toBe('ok');
  });

  itWith(
    namespaces(),
    'one new connection in ten is dropped: it never arrives, and the diagnosis is conclusive',
    async () => {
      const drop = (router: Host, port: number): void => {
        router.firewall('forward', `tcp dport ${port} tcp flags & (syn | ack) == syn numgen inc mod 10 == 0 drop`);
      };
      // Less than 1 s, after which a SYN is retransmitted.
      const { report, ends } = await measured(drop, '-c', '30', '-i', '0', '-W', '800ms');
      expect(report.outcomes).toEqual({ ok: 27, 'tcp.timeout': 3 });
      expect(ends.attempts).toEqual({ sent: 30, arrived: 27, neverArrived: 3, kept: 0, notSent: 0, unknown: 0 });
      expect(ends.failures).toMatchObject([{ id: 'tcp.timeout', of: 3, neverArrived: 3, addressReached: true }]);
      expect(report.verdict).toMatchObject({ id: 'tcp.timeout', certainty: { kind: 'conclusive' } });
      expect(report.verdict.means).toContain(conclusionIn(ends));
      expect(differences({ ...ends, failures: [] })).toEqual(NONE);
    },
  );

  itWith(namespaces(), 'reset at the ClientHello: these connections arrive, and neither end closes them', async () => {
    const reset = (router: Host, port: number): void => {
      // After a TCP header with timestamps: a TLS handshake record (22) that contains a ClientHello (1).
      const hello = `tcp dport ${port} @th,256,8 0x16 @th,296,8 0x01`;
      router.firewall('forward', `${hello} numgen inc mod 5 == 0 reject with tcp reset`);
    };
    const { report, ends } = await measured(reset, '-c', '10', '-i', '0');
    expect(report.outcomes).toEqual({ ok: 8, 'tls.reset': 2 });
    expect(ends.attempts).toMatchObject({ sent: 10, arrived: 10, neverArrived: 0, unknown: 0 });
    expect(ends.joinedBy).toEqual({ activity: 8, port: 2 });
    // No part of the ClientHello is forwarded.
    expect(ends.cut).toEqual({ beforeTls: 2, inHandshake: 0, afterTls: 0 });
    expect(ends.failures).toMatchObject([{ id: 'tls.reset', of: 2, cutBetween: 2, endings: [{ count: 2 }] }]);
    expect(report.verdict).toMatchObject({ id: 'tls.reset', certainty: { kind: 'conclusive' } });
    expect(report.verdict.means).toContain(conclusionIn(ends));
  });

  itWith(namespaces(), 'a NAT is reported with its address, and nothing else is', async () => {
    const { report, ends } = await measured((router) => router.masquerade(), '-c', '10', '-i', '0');
    expect(ends.attempts).toMatchObject({ sent: 10, arrived: 10, unknown: 0 });
    expect(differences(ends)).toEqual({ ...NONE, translated: [{ address: '10.72.2.254', count: 10 }] });
    expect(report.verdict.id).toBe('ok');
  });

  itWith(namespaces(), 'attempts that never arrive are found behind a NAT too', async () => {
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
    'the ClientHello is lost in transit: no byte arrived, and the diagnosis is conclusive',
    async () => {
      const { report, ends } = await measured(loseContent('dport'), '-c', '10', '-i', '0', '-W', '800ms');
      expect(report.outcomes).toEqual({ ok: 8, 'tls.silent': 2 });
      expect(ends.failures).toMatchObject([{ id: 'tls.silent', of: 2, nothingCame: 2 }]);
      expect(report.verdict).toMatchObject({ id: 'tls.silent', certainty: { kind: 'conclusive' } });
      expect(report.verdict.means).toContain(conclusionIn(ends));
    },
  );

  itWith(namespaces(), 'the ServerHello is lost in transit: two of four causes remain', async () => {
    const { report, ends } = await measured(loseContent('sport'), '-c', '10', '-i', '0', '-W', '800ms');
    expect(report.outcomes).toEqual({ ok: 8, 'tls.silent': 2 });
    expect(ends.failures).toMatchObject([{ id: 'tls.silent', of: 2, answerLost: 2 }]);
    const { certainty, means } = report.verdict;
    expect(certainty.kind === 'ambiguous' && certainty.causes).toHaveLength(2);
    expect(means).toContain(conclusionIn(ends));
  });
});
