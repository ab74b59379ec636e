import type { Lab } from '../lab.js';
import type { Scenario, Variant } from '../scenario.js';
import { at, certificate, haproxy, nginx, ownFiles, pongThatTrusts } from '../servers.js';

/** Where a name in TLS leads; `''` is TLS without one, `others` what no line names. Absent: nowhere. */
type Ways = Readonly<Partial<Record<'localhost' | 'web01.example' | '' | 'others', number>>>;

/** A router that reads the name in the ClientHello and passes TLS on untouched. @returns its port. */
type Router = (lab: Lab, ways: Ways) => Promise<number>;

const routers: Readonly<Record<string, Router>> = {
  // A name without a target gives an empty address, and nginx closes.
  nginx: async (lab, ways) => {
    const lines = Object.entries(ways).map(([name, port]) =>
      name === 'others' ? `default 127.0.0.1:${port};` : `"${name}" 127.0.0.1:${port};`,
    );
    const map = `map $ssl_preread_server_name $to { ${lines.join(' ')} }`;
    return nginx(lab, { stream: `${map} server { listen PORT; ssl_preread on; proxy_pass $to; }` });
  },
  haproxy: async (lab, ways) => {
    const entries = Object.entries(ways);
    const backends = entries.map(([, port], i) => `backend b${i}\n  mode tcp\n  server s 127.0.0.1:${port}`);
    const rules = entries.map(([name], i) => {
      if (name === 'others') return `  default_backend b${i}`;
      return `  use_backend b${i} if ${name === '' ? '!{ req.ssl_sni -m found }' : `{ req.ssl_sni -i ${name} }`}`;
    });
    const wait = '  tcp-request inspect-delay 5s\n  tcp-request content accept if { req.ssl_hello_type 1 }';
    return haproxy(lab, ['frontend f\n  mode tcp\n  bind 127.0.0.1:PORT', wait, ...rules, ...backends].join('\n'));
  },
};

/** The same with each of the routers. */
function withEach(name: string, start: (lab: Lab, router: Router) => ReturnType<Variant['start']>): Variant[] {
  return Object.entries(routers).map(([router, make]) => ({
    name: `${router}, ${name}`,
    start: (lab) => start(lab, make),
  }));
}

/** A web site with a certificate of its own. */
async function site(lab: Lab): Promise<number> {
  const { cert, key } = await certificate(lab, 'www.example');
  return nginx(lab, {
    http: `server { listen PORT ssl; ssl_certificate ${cert}; ssl_certificate_key ${key}; return 200; }`,
  });
}

const named = (port: number): { args: readonly string[] } => ({ args: [`localhost:${port}`] });

export const sniRouterScenarios: readonly Scenario[] = [
  {
    id: '39-router-to-pong',
    title: 'a router by name leads to pong and passes TLS through: nothing is wrong',
    needs: ['nginx', 'haproxy'],
    measured: 'ok',
    variants: [
      ...withEach('by name, and without one as well', async (lab, router) => {
        const pong = await lab.pong();
        return named(await router(lab, { localhost: pong, '': pong }));
      }),
      ...withEach('by address', async (lab, router) => at(await router(lab, { others: await lab.pong() }))),
    ],
  },
  {
    id: '39-router-to-pong-alone',
    title: 'a router by name leads this name alone to pong',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'ok',
    warnings: ['tls.sni'],
    variants: [
      ...withEach('others to a web site', async (lab, router) =>
        named(await router(lab, { localhost: await lab.pong(), others: await site(lab) })),
      ),
      ...withEach('others nowhere', async (lab, router) => named(await router(lab, { localhost: await lab.pong() }))),
    ],
  },
  {
    id: '39-router-to-a-site',
    title: 'a router by name leads what it does not know to a web site',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'identity.http',
    variants: [
      ...withEach('an address', async (lab, router) =>
        at(await router(lab, { localhost: await lab.pong(), others: await site(lab) })),
      ),
      ...withEach('an unknown name', async (lab, router) =>
        named(await router(lab, { 'web01.example': await lab.pong(), others: await site(lab) })),
      ),
      ...withEach('every name, and pong without one', async (lab, router) =>
        named(await router(lab, { '': await lab.pong(), others: await site(lab) })),
      ),
    ],
  },
  {
    id: '39-router-asked-for-no-name',
    title: 'a router by name leads to pong, and no name is to be asked for',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'identity.http',
    variants: withEach('to a web site', async (lab, router) => {
      const port = await router(lab, { localhost: await lab.pong(), others: await site(lab) });
      return { args: [`localhost:${port}`, '--no-sni'] };
    }),
  },
  {
    id: '39-router-by-servername',
    title: 'the address leads to a web site; with the name that the router knows, as the advice has it, to pong',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'ok',
    warnings: ['tls.sni'],
    variants: withEach('an address', async (lab, router) => {
      const port = await router(lab, { 'web01.example': await lab.pong(), others: await site(lab) });
      return at(port, '--servername', 'web01.example');
    }),
  },
  {
    id: '39-router-to-a-site-pinned',
    title: "a router by name leads to a web site, and the Tentacle's certificate is expected",
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'trust.unexpected-thumbprint',
    variants: withEach('an address', async (lab, router) => {
      const port = await router(lab, { localhost: await lab.pong(), others: await site(lab) });
      return at(port, '--thumbprint', (await ownFiles(lab, 'tentacle-pong')).thumbprint);
    }),
  },
  {
    id: '39-router-to-another',
    title: 'a router by name leads what it does not know to a Tentacle that trusts another server',
    needs: ['nginx', 'haproxy'],
    measured: 'trust.closed-after-identity',
    variants: withEach('an address', async (lab, router) =>
      at(await router(lab, { localhost: await lab.pong(), others: await pongThatTrusts(lab, 'B'.repeat(40)) })),
    ),
  },
  {
    id: '39-router-to-nowhere',
    title: 'a router by name has no target for what it does not know, and none for TLS without a name',
    needs: ['nginx', 'haproxy'],
    measured: 'tls.closed',
    variants: [
      ...withEach('an address', async (lab, router) => at(await router(lab, { localhost: await lab.pong() }))),
      ...withEach('an unknown name', async (lab, router) =>
        named(await router(lab, { 'web01.example': await lab.pong() })),
      ),
    ],
  },
];
