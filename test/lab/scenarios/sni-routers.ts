import type { Lab } from '../lab.js';
import type { Scenario, Variant } from '../scenario.js';
import { at, certificate, haproxy, nginx, ownFiles, pongThatTrusts } from '../servers.js';

/** The target port for a server name in TLS; `''` is TLS without one, `others` any other name. Absent: no target. */
type Routes = Readonly<Partial<Record<'localhost' | 'web01.example' | '' | 'others', number>>>;

/** Starts a router that reads the server name in the ClientHello and forwards TLS unchanged. @returns its port. */
type Router = (lab: Lab, routes: Routes) => Promise<number>;

const routers: Readonly<Record<string, Router>> = {
  // A name without a target has an empty address, and nginx closes the connection.
  nginx: async (lab, routes) => {
    const lines = Object.entries(routes).map(([name, port]) =>
      name === 'others' ? `default 127.0.0.1:${port};` : `"${name}" 127.0.0.1:${port};`,
    );
    const map = `map $ssl_preread_server_name $to { ${lines.join(' ')} }`;
    return nginx(lab, { stream: `${map} server { listen PORT; ssl_preread on; proxy_pass $to; }` });
  },
  haproxy: async (lab, routes) => {
    const entries = Object.entries(routes);
    const backends = entries.map(([, port], i) => `backend b${i}\n  mode tcp\n  server s 127.0.0.1:${port}`);
    const rules = entries.map(([name], i) => {
      if (name === 'others') return `  default_backend b${i}`;
      return `  use_backend b${i} if ${name === '' ? '!{ req.ssl_sni -m found }' : `{ req.ssl_sni -i ${name} }`}`;
    });
    const wait = '  tcp-request inspect-delay 5s\n  tcp-request content accept if { req.ssl_hello_type 1 }';
    return haproxy(lab, ['frontend f\n  mode tcp\n  bind 127.0.0.1:PORT', wait, ...rules, ...backends].join('\n'));
  },
};

/** Returns one variant for each router. */
function withEach(name: string, start: (lab: Lab, router: Router) => ReturnType<Variant['start']>): Variant[] {
  return Object.entries(routers).map(([product, router]) => ({
    name: `${product}, ${name}`,
    start: (lab) => start(lab, router),
  }));
}

/** Starts a web site with its own certificate. @returns its port. */
async function site(lab: Lab): Promise<number> {
  const { cert, key } = await certificate(lab, 'www.example');
  return nginx(lab, {
    http: `server { listen PORT ssl; ssl_certificate ${cert}; ssl_certificate_key ${key}; return 200; }`,
  });
}

const byName = (port: number): { args: readonly string[] } => ({ args: [`localhost:${port}`] });

export const sniRouterScenarios: readonly Scenario[] = [
  {
    id: '39-router-to-pong',
    title: 'healthy: an SNI router sends the name to pong',
    needs: ['nginx', 'haproxy'],
    measured: 'ok',
    variants: [
      ...withEach('by name, and without a name too', async (lab, router) => {
        const pong = await lab.pong();
        return byName(await router(lab, { localhost: pong, '': pong }));
      }),
      ...withEach('by address', async (lab, router) => at(await router(lab, { others: await lab.pong() }))),
    ],
  },
  {
    id: '39-router-to-pong-alone',
    title: 'an SNI router sends only this name to pong',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'ok',
    warnings: ['tls.unrecognized-name'],
    variants: [
      ...withEach('other names to a web site', async (lab, router) =>
        byName(await router(lab, { localhost: await lab.pong(), others: await site(lab) })),
      ),
      ...withEach('no target for other names', async (lab, router) =>
        byName(await router(lab, { localhost: await lab.pong() })),
      ),
    ],
  },
  {
    id: '39-router-to-a-site',
    title: 'an SNI router sends unknown names to a web site',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'identity.http',
    variants: [
      ...withEach('an address', async (lab, router) =>
        at(await router(lab, { localhost: await lab.pong(), others: await site(lab) })),
      ),
      ...withEach('an unknown name', async (lab, router) =>
        byName(await router(lab, { 'web01.example': await lab.pong(), others: await site(lab) })),
      ),
      ...withEach('every name, and pong without one', async (lab, router) =>
        byName(await router(lab, { '': await lab.pong(), others: await site(lab) })),
      ),
    ],
  },
  {
    id: '39-router-without-name',
    title: 'an SNI router sends the name to pong, and ping sends no name',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'identity.http',
    variants: withEach('to a web site', async (lab, router) => {
      const port = await router(lab, { localhost: await lab.pong(), others: await site(lab) });
      return { args: [`localhost:${port}`, '--no-sni'] };
    }),
  },
  {
    id: '39-router-by-servername',
    title: 'the address leads to a web site; --servername leads to pong',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'ok',
    warnings: ['tls.unrecognized-name'],
    variants: withEach('an address', async (lab, router) => {
      const port = await router(lab, { 'web01.example': await lab.pong(), others: await site(lab) });
      return at(port, '--servername', 'web01.example');
    }),
  },
  {
    id: '39-router-to-a-site-pinned',
    title: "an SNI router sends the address to a web site; the Tentacle's certificate is pinned",
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'trust.unexpected-thumbprint',
    variants: withEach('an address', async (lab, router) => {
      const port = await router(lab, { localhost: await lab.pong(), others: await site(lab) });
      return at(port, '--thumbprint', (await ownFiles(lab, 'tentacle-pong')).thumbprint);
    }),
  },
  {
    id: '39-router-to-another',
    title: 'an SNI router sends unknown names to a Tentacle that trusts another server',
    needs: ['nginx', 'haproxy'],
    measured: 'trust.rejected-by-pong',
    variants: withEach('an address', async (lab, router) =>
      at(await router(lab, { localhost: await lab.pong(), others: await pongThatTrusts(lab, 'B'.repeat(40)) })),
    ),
  },
  {
    id: '39-router-to-nowhere',
    title: 'an SNI router has no target for unknown names',
    needs: ['nginx', 'haproxy'],
    measured: 'tls.closed',
    variants: [
      ...withEach('an address', async (lab, router) => at(await router(lab, { localhost: await lab.pong() }))),
      ...withEach('an unknown name', async (lab, router) =>
        byName(await router(lab, { 'web01.example': await lab.pong() })),
      ),
    ],
  },
];
