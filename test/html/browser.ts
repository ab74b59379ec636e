import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Debian's browser; none is downloaded. */
const CHROMIUM = '/usr/bin/chromium';

/** Whether the tests that need a browser are skipped. With CI=true they fail instead. */
export const missing = !existsSync(CHROMIUM) && process.env['CI'] !== 'true';

export async function startBrowser(): Promise<Browser> {
  // Root may not use Chromium's own sandbox.
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}

/** How a reader sees a page. */
export interface View {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
}

export const VIEWS: readonly View[] = [
  { name: 'light, desktop', width: 1280, height: 900, colorScheme: 'light' },
  { name: 'dark, desktop', width: 1280, height: 900, colorScheme: 'dark' },
  { name: 'light, phone', width: 390, height: 844, colorScheme: 'light' },
  { name: 'dark, phone', width: 390, height: 844, colorScheme: 'dark' },
];

/** A page that is open, with everything that it asked the browser for. */
export interface OpenPage {
  readonly page: Page;
  /** Addresses of requests, apart from the file itself. */
  readonly requests: readonly string[];
  /** What the content policy or a script complained of. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Opens a file. @param isScripted false: scripts are switched off, as a careful reader has them. */
export async function openFile(browser: Browser, path: string, view: View, isScripted = true): Promise<OpenPage> {
  const { width, height, colorScheme } = view;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, javaScriptEnabled: isScripted });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  const address = `file://${path}`;
  page.on('request', (request) => {
    if (request.url() !== address) requests.push(request.url());
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address);
  return { page, requests, complaints, close: async () => context.close() };
}

/**
 * What axe finds wrong with a page, in words: the rule and the elements. It runs without the page's content policy, which
 * keeps other scripts out.
 */
export async function findViolations(browser: Browser, html: string, view: View): Promise<string[]> {
  const { width, height, colorScheme } = view;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP: true });
  try {
    const page = await context.newPage();
    await page.setContent(html);
    // Folded parts are read too.
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
    await page.evaluate(axe.source);
    const found = await page.evaluate(
      'axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`))',
    );
    return found as string[];
  } finally {
    await context.close();
  }
}
