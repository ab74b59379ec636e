import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, command, type Ended, home, startPong } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';
import { Lab } from '../lab/lab.js';
import { itWith, program } from '../real-components.js';
import {
  OPEN_RULES,
  type RealProxy,
  squid,
  squidHere,
  squidWithUser,
  tinyproxy,
  tinyproxyHere,
} from './real-proxies.js';

const CANARY = 'canary-51c2-proxy-password';

/** Clears the proxy variables of the machine that runs the tests. */
const NO_VARIABLES = Object.fromEntries(
  ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY'].map(
    (name) => [name, ''],
  ),
);

function ping(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return command('ping', args, { ...NO_VARIABLES, TENTACLE_PROXY_PASSWORD: '', ...env }).ended;
}

const passwordFile = join(home, 'proxy-password.txt');
writeFileSync(passwordFile, `${CANARY}\n`);

let pong: Command & { port: number };
let lab: Lab;
let open: RealProxy;
let closed: RealProxy;

beforeAll(async () => {
  pong = await startPong();
  lab = await Lab.open();
  if (squidHere.missing !== undefined) return;
  open = await squid(OPEN_RULES, lab);
  closed = await squidWithUser('octopus', CANARY, lab);
});
afterAll(async () => {
  pong.process.kill();
  await lab.end();
});

/** Returns both streams as one text, and checks that the password is not in it in any form. */
function withoutCanary({ stdout, stderr }: Ended): string {
  const all = stdout + stderr;
  expect(all).not.toContain(CANARY);
  expect(all).not.toContain(Buffer.from(`octopus:${CANARY}`).toString('base64').replace(/=+$/, ''));
  return all;
}

describe('through a proxy', () => {
  itWith(squidHere, 'all attempts succeed through squid', async () => {
    const ended = await ping([
      `localhost:${pong.port}`,
      '-c',
      '20',
      '-i',
      '0',
      '--json',
      '--proxy',
      `http://localhost:${open.port}`,
    ]);
    const report = reportOf(ended.stdout);
    expect(ended.status).toBe(0);
    expect(report.attempts).toEqual({ sent: 20, ok: 20, failed: 0, cancelled: 0 });
    expect(Object.keys(report.stages).join()).toBe('dns,tcp,proxy,tls,identity,rpc,other,total');
    expect(report.stages.proxy?.count).toBe(20);
    expect(report.proxy).toMatchObject({ used: true, by: '--proxy', host: 'localhost', port: open.port });
    expect(report.proxy.address).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(report.peer.address).toBeUndefined();
    expect(report).toMatchObject({ level: 'echo', verdict: { id: 'ok' } });
  });

  itWith(tinyproxyHere, 'all attempts succeed through tinyproxy, on one reused connection', async () => {
    const { host, port } = await tinyproxy([], lab);
    const ended = await ping([
      `localhost:${pong.port}`,
      '-c',
      '20',
      '-i',
      '0',
      '--reuse',
      '--json',
      '--proxy',
      `${host}:${port}`,
    ]);
    const report = reportOf(ended.stdout);
    expect(report.outcomes).toEqual({ ok: 20 });
    expect(report.stages.proxy?.count).toBe(1);
    expect(report.peer.peerView?.address).toBe('127.0.0.1');
  });

  itWith(squidHere, 'the page can be requested too', async () => {
    const untrusting = await startPong('--trust', 'B'.repeat(40));
    const ended = await ping([
      `localhost:${untrusting.port}`,
      '-c',
      '1',
      '--json',
      '--proxy',
      `localhost:${open.port}`,
    ]);
    expect(reportOf(ended.stdout)).toMatchObject({ level: 'page', peer: { kind: 'pong', page: { status: 200 } } });
    untrusting.process.kill();
  });

  itWith(squidHere, 'the text and the report name it', async () => {
    const proxy = `localhost:${open.port}`;
    const { stdout } = await ping([`localhost:${pong.port}`, '-c', '1', '--proxy', proxy]);
    expect(stdout).toMatch(new RegExp(`^localhost:${pong.port} .*${proxy} `));
    expect(stdout).toMatch(new RegExp(`^ *proxy: ${proxy} \\(.*\\), from --proxy$`, 'm'));
    const refused = await ping(['localhost:1', '-c', '1', '--proxy', proxy]);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('(proxy.target-refused)');
    expect(refused.stdout).toMatch(new RegExp(`${proxy}\\b[^]*localhost:1\\b`));
    const json = await ping(['localhost:1', '-c', '1', '--json', '--proxy', proxy]);
    expect(reportOf(json.stdout)).toMatchObject({ level: 'proxy-leg', verdict: { id: 'proxy.target-refused' } });
  });
});

describe('a password', () => {
  const withUser = (more: readonly string[]): string[] => [
    `localhost:${pong.port}`,
    ...['-c', '2', '-i', '0', '--proxy', `http://octopus@localhost:${closed.port}`],
    ...more,
  ];

  for (const [by, more, env] of [
    ['the variable', [], { TENTACLE_PROXY_PASSWORD: CANARY }],
    ['a file', ['--proxy-password-file', passwordFile], {}],
  ] as const) {
    itWith(squidHere, `from ${by} opens the tunnel and is in no output`, async () => {
      for (const format of [[], ['--json']]) {
        const ended = await ping(withUser([...more, ...format]), { ...env, TENTACLE_DEBUG: '1' });
        expect(ended.status).toBe(0);
        expect(withoutCanary(ended)).toContain('octopus');
      }
    });
  }

  itWith(squidHere, 'is in no output of diagnose', async () => {
    const args = [`localhost:${pong.port}`, '--proxy', `http://octopus@localhost:${closed.port}`];
    for (const password of [CANARY, `${CANARY}-wrong`]) {
      for (const format of [[], ['--json']]) {
        const ended = await ping(['diagnose', ...args, ...format], { TENTACLE_PROXY_PASSWORD: password });
        expect(ended.status).toBe(password === CANARY ? 0 : 1);
        expect(withoutCanary(ended)).toContain(`localhost:${closed.port}`);
      }
    }
  });

  itWith(squidHere, 'that is wrong is in no output', async () => {
    for (const format of [[], ['--json']]) {
      const ended = await ping(withUser(format), { TENTACLE_PROXY_PASSWORD: `${CANARY}-wrong`, TENTACLE_DEBUG: '1' });
      expect(ended.status).toBe(1);
      expect(withoutCanary(ended)).toContain('proxy.auth-rejected');
    }
  });

  itWith(squidHere, 'in an environment variable is used on request, and is in no output', async () => {
    const url = `http://octopus:${CANARY}@localhost:${closed.port}`;
    for (const format of [[], ['--json']]) {
      const ended = await ping([`localhost:${pong.port}`, '-c', '1', '--proxy', 'env', ...format], {
        HTTPS_PROXY: url,
      });
      expect(ended.status).toBe(0);
      expect(withoutCanary(ended)).toContain(`http://***@localhost:${closed.port}`);
    }
  });

  itWith(
    squidHere.missing === undefined ? program('script') : squidHere,
    'is requested on a terminal, and not shown there',
    () => {
      const script = new URL('../../packages/ping/bin/tentacle-ping.js', import.meta.url).pathname;
      const args = [process.execPath, script, ...withUser([])].join(' ');
      // The terminal buffers the input; the input also corrects a typing error.
      const { stdout, status } = spawnSync('script', ['-qec', args, '/dev/null'], {
        input: `${CANARY}x\x7f\r`,
        encoding: 'utf8',
        env: { ...process.env, ...NO_VARIABLES, XDG_CONFIG_HOME: home, TENTACLE_PROXY_PASSWORD: '' },
      });
      // The terminal itself echoes input typed before the prompt, as with any program, so that part is cut off.
      const answer = stdout.slice(stdout.search(/password\b.*octopus/i));
      expect(answer).toMatch(/\b2 ok\b/);
      expect(answer).not.toContain(CANARY);
      expect(status).toBe(0);
      return Promise.resolve();
    },
  );

  it.each<[string, string[], RegExp]>([
    ['on the command line', ['--proxy', `http://octopus:${CANARY}@proxy:3128`], /--proxy-password-file/],
    ['on the command line, without a scheme', ['--proxy', `octopus:${CANARY}@proxy:3128`], /--proxy-password-file/],
    ['in a URL of another kind', ['--proxy', `https://octopus:${CANARY}@proxy:3128`], /--proxy: .*\bTLS\b/],
    ['in a URL for SOCKS', ['--proxy', `socks5://octopus:${CANARY}@proxy:1080`], /not SOCKS/],
    ['in place of a port', ['--proxy', `octopus:${CANARY}`], /from 1 to 65535/],
    ['behind a slash', ['--proxy', `http://proxy:3128/${CANARY}`], /--proxy: .*\bpath\b/],
    ['in an option that there is not', ['--proxy-password', CANARY], /unknown option --proxy-password/],
    ['in the name of a file', ['--proxy', 'proxy:3128', '--proxy-password-file', passwordFile], /needs a user/],
    ['nowhere', ['--proxy', 'octopus@proxy:3128'], /TENTACLE_PROXY_PASSWORD.*--proxy-password-file/],
  ])('%s is rejected in one line that does not repeat it', async (_, args, why) => {
    const ended = await ping(['localhost', ...args]);
    expect(ended.status).toBe(2);
    expect(withoutCanary(ended)).toMatch(why);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('in an unusable variable is not repeated either', async () => {
    const ended = await ping(['localhost', '--proxy', 'env'], {
      https_proxy: `socks5h://octopus:${CANARY}@proxy:1080`,
    });
    expect(ended.status).toBe(2);
    expect(withoutCanary(ended)).toMatch(/https_proxy: .*SOCKS/);
  });
});

describe('the variables of the environment', () => {
  const variables = { HTTPS_PROXY: `http://octopus:${CANARY}@proxy.invalid:3128`, NO_PROXY: 'corp.example,localhost' };

  it('are reported and used only on request', async () => {
    const json = await ping([`localhost:${pong.port}`, '-c', '1', '--json'], variables);
    expect(json.status).toBe(0);
    withoutCanary(json);
    expect(reportOf(json.stdout).proxy).toEqual({
      used: false,
      environment: [
        { name: 'HTTPS_PROXY', value: 'http://***@proxy.invalid:3128' },
        { name: 'NO_PROXY', value: 'corp.example,localhost' },
      ],
    });
    const text = await ping([`localhost:${pong.port}`, '-c', '1'], variables);
    expect(withoutCanary(text)).toContain('HTTPS_PROXY=http://***@proxy.invalid:3128');
  });

  it('exclude the hosts of NO_PROXY', async () => {
    const ended = await ping([`localhost:${pong.port}`, '-c', '1', '--proxy', 'env', '--json'], variables);
    expect(ended.status).toBe(0);
    expect(reportOf(ended.stdout).proxy).toMatchObject({ used: false, by: 'NO_PROXY' });
  });

  it('select the proxy on request', async () => {
    const env = { ALL_PROXY: 'http://127.0.0.1:1', NO_PROXY: 'localhost:1' };
    const ended = await ping([`localhost:${pong.port}`, '-c', '1', '--proxy', 'env', '--json'], env);
    const report = reportOf(ended.stdout);
    expect(report.outcomes).toEqual({ 'proxy.refused': 1 });
    expect(report.proxy).toMatchObject({ used: true, by: 'ALL_PROXY', host: '127.0.0.1', port: 1 });
  });

  it('select no proxy if there are none', async () => {
    const ended = await ping([`localhost:${pong.port}`, '-c', '1', '--proxy', 'env', '--json']);
    expect(reportOf(ended.stdout).proxy).toEqual({ used: false });
  });
});
