import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, startPong } from '../binaries/command.js';

/** Debian's browser; none is downloaded. */
const CHROMIUM = '/usr/bin/chromium';
const missing = !existsSync(CHROMIUM) && process.env['CI'] !== 'true';

describe.skipIf(missing)(`pong's page in a browser${missing ? ' (skipped: needs chromium)' : ''}`, () => {
  let pong: Command & { port: number };
  let browser: Browser;
  beforeAll(async () => {
    pong = await startPong('--bind', '127.0.0.1');
    // Root may not use Chromium's own sandbox.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    pong.process.kill();
    await pong.ended;
  });

  it('shows what pong observed of the connection', async () => {
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    const answer = await page.goto(`https://127.0.0.1:${pong.port}/<b>path</b>`);
    expect(answer?.status()).toBe(200);
    expect(await page.title()).toContain('tentacle-pong');
    const text = await page.innerText('body');
    expect(text).toContain('127.0.0.1');
    expect(text).toMatch(/TLSv1\.[23]/);
    // Text from the client is shown as text, never as markup.
    expect(await page.locator('b').filter({ hasText: 'path' }).count()).toBe(0);
  });

  it('lists the connections before it, and on this host the text at the start', async () => {
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(`https://127.0.0.1:${pong.port}/`);
    const text = await page.innerText('body');
    expect(text).toContain('http.page');
    expect(text).toMatch(/tentacle-ping \S+ --thumbprint [0-9A-F]{40}/);
    expect(text).toMatch(/--pong-key [0-9A-F]{64}/);
  });

  it.each([
    [360, 'light'],
    [360, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)('fits a screen of %i pixels, in %s colors', async (width, colorScheme) => {
    const page = await browser.newPage({ ignoreHTTPSErrors: true, colorScheme, viewport: { width, height: 800 } });
    await page.goto(`https://127.0.0.1:${pong.port}/`);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
  });
});
