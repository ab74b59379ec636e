import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { Glossary, type PageResult, renderPage } from 'tentacle-protocol/html';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bigReport } from '../../packages/ping/src/pages/big-report.test.support.js';
import type { PageContext } from '../../packages/ping/src/pages/page-context.js';
import { reportPage } from '../../packages/ping/src/pages/report-page.js';
import { command, type Command, startPong } from '../binaries/command.js';
import { program } from '../components.js';
import { TEST_KEY } from '../identities.js';
import { findViolations, missing, openFile, startBrowser, VIEWS } from './browser.js';

/** A script, the end of an attribute, an event, a control character and a bidirectional override. */
const HOSTILE_TEXT = '"><img src=x onerror=alert(1)><script>alert(1)</script>\'\u202e&\u0007';

/** Two messages that are known, and one that is not, in a log of a server. */
const LOG = `2026-01-01 10:00:00.1  1  2  ERROR  https://web01:10933/  Connection refused 192.0.2.10:10933
2026-01-01 10:00:01.1  1  2  ERROR  No such host is known. (web02:10933)
2026-01-01 10:00:02.1  1  2  ERROR  ${HOSTILE_TEXT}
`;

const folder = mkdtempSync(join(tmpdir(), 'tentacle-html-'));
const fileOf = (name: string): string => join(folder, name);
const [DESKTOP] = VIEWS;
if (DESKTOP === undefined) throw new Error('no view');

async function ping(...args: string[]): Promise<void> {
  const { status, stderr } = await command('ping', args).ended;
  if (status === 2) throw new Error(stderr);
}

function pageOf(build: (context: PageContext) => PageResult): string {
  const context = { glossary: new Glossary() };
  return renderPage({ generator: 'test', results: [build(context)], glossary: context.glossary });
}

describe.skipIf(missing)(`pages in a browser${missing ? ' (skipped: needs chromium)' : ''}`, () => {
  let browser: Browser;
  let pong: Command & { port: number };
  beforeAll(async () => {
    browser = await startBrowser();
    pong = await startPong(
      ...['--bind', '127.0.0.1', '--record', fileOf('pong.ndjson'), '--html', fileOf('summary.html')],
    );
    const peer = `127.0.0.1:${pong.port}`;
    await ping(
      peer,
      '--count',
      '20',
      '--interval',
      '0',
      '--json',
      '--html',
      fileOf('run.html'),
      '-o',
      fileOf('run.json'),
    );
    await ping(
      '127.0.0.1:1',
      '--count',
      '5',
      '--interval',
      '0',
      '--json',
      '--html',
      fileOf('refused.html'),
      '-o',
      fileOf('refused.json'),
    );
    await ping('diagnose', peer, '--html', fileOf('diagnose.html'));
    await ping(peer, '127.0.0.1:1', '--html', fileOf('targets.html'));
    await ping(peer, '--upload', '1MB', '--html', fileOf('transfer.html'));
    await ping(peer, '--sizes', '1,1400', '--html', fileOf('sizes.html'));
    await ping(peer, '--idle', '300ms', '--html', fileOf('idle.html'));
    await ping('check', '--only', 'port,addresses', '--html', fileOf('check.html'));
    await ping('compare', fileOf('run.json'), fileOf('refused.json'), '--html', fileOf('compare.html'));
    pong.process.kill('SIGINT');
    writeFileSync(fileOf('pong.json'), (await pong.ended).stdout);
    const polled = command('pong', [
      ...['--poll', '127.0.0.1:1', '--deadline', '1s', '--json', '--html', fileOf('poll.html')],
    ]);
    await polled.ended;
    await ping('report', fileOf('run.json'), fileOf('pong.json'), '--html', fileOf('ends.html'));
    await ping('report', fileOf('pong.ndjson'), '--html', fileOf('pong.html'));
    await ping('report', fileOf('run.json'), fileOf('refused.json'), '--html', fileOf('several.html'));
    writeFileSync(fileOf('server.txt'), LOG);
    await ping('explain', fileOf('server.txt'), '--json', '--html', fileOf('log.html'), '-o', fileOf('log.json'));
    await ping('explain', 'tcp.refused', '--html', fileOf('id.html'));
    await ping('report', fileOf('log.json'), fileOf('log.json'), '--html', fileOf('logs.html'));
    writeFileSync(fileOf('big.html'), pageOf(await bigPage()));
  }, 120_000);
  afterAll(async () => {
    pong.process.kill();
    await browser.close();
  });

  const NAMES = [
    'run',
    'refused',
    'diagnose',
    'targets',
    'transfer',
    'sizes',
    'idle',
    'check',
    'compare',
    'pong',
    'several',
    'log',
    'id',
    'logs',
    'summary',
    'poll',
    'ends',
  ];

  it.each(NAMES)('%s: loads nothing, fits a phone, and its links lead to its own parts', async (name) => {
    for (const view of VIEWS.slice(1, 3)) {
      const opened = await openFile(browser, fileOf(`${name}.html`), view);
      const { page, requests, complaints } = opened;
      expect(requests).toEqual([]);
      expect(complaints).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(
        0,
      );
      expect(await page.locator('h1').count()).toBeGreaterThan(0);
      expect(await page.locator('.verdict').count()).toBeGreaterThan(0);
      const broken = await page.evaluate(
        '[...document.querySelectorAll("a")].filter((a) => document.getElementById(a.getAttribute("href").slice(1)) === null).map((a) => a.outerHTML)',
      );
      expect(broken).toEqual([]);
      const ids = await page.evaluate<string[]>('[...document.querySelectorAll("[id]")].map((one) => one.id)');
      expect(ids).toEqual([...new Set(ids)]);
      await opened.close();
    }
  });

  it.each(NAMES)(
    '%s: axe finds nothing',
    async (name) => {
      const html = readFileSync(fileOf(`${name}.html`), 'utf8');
      // Colors differ by scheme and layout by width, of every page alike; all four views are shown by one.
      const views = name === 'refused' ? VIEWS : [DESKTOP, ...VIEWS.slice(3)];
      for (const view of views) expect(await findViolations(browser, html, view), view.name).toEqual([]);
    },
    120_000,
  );

  it('works without a script', async () => {
    const opened = await openFile(browser, fileOf('refused.html'), DESKTOP, false);
    const { page } = opened;
    expect(await page.innerText('.verdict')).toContain('tcp.refused');
    expect(await page.locator('.command code').first().innerText()).not.toBe('');
    expect(await page.locator('button').count()).toBe(0);
    await opened.close();
  });

  it('shows the attempts of one outcome with a script', async () => {
    const opened = await openFile(browser, fileOf('big.html'), DESKTOP);
    const { page } = opened;
    await page.locator('#attempts summary').click();
    const rows = page.locator('.attempts tbody tr:visible');
    const all = await rows.count();
    await page.getByRole('button', { name: 'tls.reset' }).click();
    const some = await rows.count();
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all);
    await opened.close();
  });

  it('100,000 attempts: less than a megabyte, and it opens', async () => {
    expect(readFileSync(fileOf('big.html')).length).toBeLessThan(1_000_000);
    const opened = await openFile(browser, fileOf('big.html'), DESKTOP);
    const { page } = opened;
    expect(await page.innerText('.figures')).toContain('100,000');
    expect(await page.locator('#latency .chart .outage').count()).toBe(2);
    await opened.close();
  });
});

/** A certificate whose subject is the hostile text. */
function hostileCertificate(): string {
  const key = fileOf('hostile-key.pem');
  writeFileSync(key, TEST_KEY);
  const subject = `/CN=${HOSTILE_TEXT.replaceAll(/[/+\\]/g, (one) => `\\${one}`)}`;
  return execFileSync('openssl', [
    'req',
    '-x509',
    '-new',
    '-key',
    key,
    '-utf8',
    '-subj',
    subject,
    '-days',
    '2',
  ]).toString();
}

async function bigPage(): Promise<(context: PageContext) => PageResult> {
  const report = await bigReport(100_000);
  return (context) => reportPage(report, context);
}

const cannotRun = missing || program('openssl').missing !== undefined;

describe.skipIf(cannotRun)(`a hostile peer's texts${cannotRun ? ' (skipped: needs chromium and openssl)' : ''}`, () => {
  it('are text on the page', async () => {
    const body = `<title>${HOSTILE_TEXT}</title>`;
    const server = createServer({ key: TEST_KEY, cert: hostileCertificate() }, (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () =>
        socket.end(
          `HTTP/1.1 200 OK\r\nServer: ${HOSTILE_TEXT.replaceAll(/[^\x20-\x7e]/g, '?')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        ),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const browser = await startBrowser();
    try {
      await ping(`127.0.0.1:${port}`, '--count', '1', '--html', fileOf('hostile.html'));
      await ping('diagnose', `127.0.0.1:${port}`, '--html', fileOf('hostile-diagnose.html'));
      for (const name of ['hostile.html', 'hostile-diagnose.html']) {
        const opened = await openFile(browser, fileOf(name), DESKTOP);
        const { page, complaints } = opened;
        expect(await page.innerText('body')).toContain('alert(1)');
        expect(await page.locator('script').count()).toBe(1);
        expect(await page.locator('img, iframe, [onerror], [style], [onclick]').count()).toBe(0);
        expect(await page.evaluate('document.title + document.body.innerText')).not.toMatch(
          /[\u202a-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/u,
        );
        expect(complaints).toEqual([]);
        await opened.close();
      }
    } finally {
      await browser.close();
      server.close();
    }
  }, 60_000);
});
