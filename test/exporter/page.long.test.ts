import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Command, startPong } from '../binaries/command.js';
import type { Component } from '../components.js';
import { describeWith } from '../real-components.js';
import { type RunningExporter, startExporter, stopExporter } from './start-exporter.js';

/** Debian's browser; none is downloaded. */
const CHROMIUM = '/usr/bin/chromium';
const component: Component = {
  name: 'chromium',
  missing: existsSync(CHROMIUM) ? undefined : 'chromium is not installed',
};

describeWith(component, 'the page of recent probes in a browser', () => {
  let pong: Command & { port: number };
  let exporter: RunningExporter;
  let browser: Browser;

  beforeAll(async () => {
    pong = await startPong('--bind', '127.0.0.1');
    exporter = await startExporter();
    const targets = [
      `127.0.0.1:${pong.port}`,
      '127.0.0.1:1',
      `localhost:${pong.port}`,
      'a.very-long-name.invalid:10933',
    ];
    for (const target of targets) await exporter.get(`/probe?target=${target}`);
    // Root may not use Chromium's own sandbox.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser.close();
    await stopExporter(exporter);
    pong.process.kill('SIGTERM');
    await pong.ended;
  });

  it('leads from a failure to its report, and to what its id means', async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(exporter.url);
    await page.locator('#failed a[href^="#"]').first().click();
    expect(new URL(page.url()).hash).toMatch(/^#id-/);
    await page.locator('#failed a[href^="probes/"]').first().click();
    await page.waitForURL(/\/probes\/\d+$/);
    expect(await page.innerText('body')).toMatch(/dns\.|tcp\.refused/);
    expect(problems).toEqual([]);
  });

  it.each([
    [390, 'light'],
    [390, 'dark'],
    [1200, 'light'],
    [1200, 'dark'],
  ] as const)('fits a screen of %i pixels, in %s colors', async (width, colorScheme) => {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
    await page.goto(exporter.url);
    const folder = process.env['SCREENSHOTS'];
    if (folder !== undefined)
      await page.screenshot({ path: `${folder}/serve-${width}-${colorScheme}.png`, fullPage: true });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
  });
});
