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

  it('fits on a narrow screen', async () => {
    const page = await browser.newPage({ ignoreHTTPSErrors: true, viewport: { width: 360, height: 640 } });
    await page.goto(`https://127.0.0.1:${pong.port}/`);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
  });
});
