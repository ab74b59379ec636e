import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeSession } from '../../packages/protocol/src/diagnostics/index.js';
import { Lab } from '../lab/lab.js';
import { routed } from '../lab/network.js';
import { haproxy, nginx } from '../lab/servers.js';
import { all } from '../proxy/real-proxies.js';
import { itWith, namespaces, program } from '../real-components.js';
import { diagnoseCommand, keyOf, ping, pingCommand, type Pinged, VERSIONS } from './run.js';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.open();
});
afterEach(async () => lab.end());

/** Checks that one session is proven by the key, and which ends pong observed with a different address. */
function isOneSession({ report, status }: Pinged, translated: readonly string[]): void {
  expect(report.attestation).toMatchObject({
    result: 'one-session',
    differences: [],
    translated,
    expectedKey: keyOf(lab),
  });
  expect(report.verdict.id).toBe('ok');
  expect(report.warnings).toEqual([]);
  expect(status).toBe(0);
}

describe.each(VERSIONS)('one session in %s', (version) => {
  it('without a device in between, by name and by address', async () => {
    const port = await lab.pong();
    for (const host of ['localhost', '127.0.0.1', '[::1]', '[0:0:0:0:0:0:0:1]', '0.0.0.0']) {
      const pinged = await ping(lab, [`${host}:${port}`, '--pong-key', keyOf(lab)], version);
      expect(pinged.report.attestation?.statement).toMatchObject({ tlsVersion: version, handshakeBound: true });
      if (host === '0.0.0.0') expect(pinged.report.attestation?.translated).toBeUndefined();
      else isOneSession(pinged, []);
    }
  });

  itWith(program('haproxy'), 'through haproxy that forwards TCP', async () => {
    const pong = await lab.pong();
    const port = await haproxy(lab, `listen l\n  mode tcp\n  bind 127.0.0.1:PORT\n  server s 127.0.0.1:${pong}`);
    isOneSession(await ping(lab, [`127.0.0.1:${port}`, '--pong-key', keyOf(lab)], version), ['client', 'pong']);
  });

  itWith(program('nginx'), 'through nginx that forwards TCP', async () => {
    const pong = await lab.pong();
    const port = await nginx(lab, { stream: `server { listen PORT; proxy_pass 127.0.0.1:${pong}; }` });
    isOneSession(await ping(lab, [`127.0.0.1:${port}`, '--pong-key', keyOf(lab)], version), ['client', 'pong']);
  });

  itWith(program('socat'), 'through socat', async () => {
    const pong = await lab.pong();
    const port = await lab.freePort();
    lab.start(['socat', `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`, `TCP:127.0.0.1:${pong}`]);
    await lab.accepts(port);
    isOneSession(await ping(lab, [`127.0.0.1:${port}`, '--pong-key', keyOf(lab)], version), ['client', 'pong']);
  });

  itWith(namespaces(), 'behind a NAT, which the report names', async () => {
    const { here, router, there, address } = routed(lab);
    router.masquerade();
    const port = await there.pong();
    const pinged = await ping(lab, [`${address}:${port}`, '--pong-key', keyOf(lab)], version, here.prefix);
    isOneSession(pinged, ['client']);
    expect(pinged.report.attestation?.statement?.clientAddress).toBe('10.72.2.254');
  });

  itWith(namespaces(), 'behind a port forward, which the report names', async () => {
    const { here, router, there, address } = routed(lab);
    const port = await there.pong();
    const rule = `tcp dport 443 dnat to ${address}:${port}`;
    router.sh(`nft 'table ip forward {\nchain pre {\n type nat hook prerouting priority -100\n ${rule}\n}\n}'`);
    const pinged = await ping(lab, ['10.72.1.254:443', '--pong-key', keyOf(lab)], version, here.prefix);
    isOneSession(pinged, ['pong']);
  });
});

describe('the text output', () => {
  itWith(all('haproxy'), 'names the relay, and whether the key was pinned or trusted on first use', async () => {
    const pong = await lab.pong();
    const port = await haproxy(lab, `listen l\n  mode tcp\n  bind 127.0.0.1:PORT\n  server s 127.0.0.1:${pong}`);
    const text = async (...args: string[]): Promise<string> => {
      const { process: child, output } = lab.start(pingCommand(port, ['--verbose', ...args]), {
        XDG_CONFIG_HOME: lab.directory,
      });
      await new Promise((resolve) => child.once('close', resolve));
      return output.stdout.replaceAll(/\s+/g, ' ');
    };
    const unpinned = await text();
    expect(unpinned).toContain(describeSession({ result: 'one-session', publicKey: keyOf(lab) }));
    expect(unpinned).toContain('TCP relay');
    const pinned = describeSession({ result: 'one-session', expectedKey: keyOf(lab) });
    expect(await text('--pong-key', keyOf(lab))).toContain(pinned);
    const diagnosed = lab.start([...diagnoseCommand(port), '--verbose', '--pong-key', keyOf(lab)], {
      XDG_CONFIG_HOME: lab.directory,
    });
    await new Promise((resolve) => diagnosed.process.once('close', resolve));
    const diagnosis = diagnosed.output.stdout.replaceAll(/\s+/g, ' ');
    expect(diagnosis).toContain(pinned);
    expect(diagnosis).toContain('TCP relay');
  });
});
