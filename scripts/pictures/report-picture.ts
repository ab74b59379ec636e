import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { escapeXml } from './escape-xml.js';

/** Debian's browser; none is downloaded. */
const CHROMIUM = '/usr/bin/chromium';

/** Wide enough for the charts. */
const WIDTH_PX = 1000;

/** The picture is smaller than the page, by as much as its text stays readable. */
const SCALE = 0.75;

/** Of 100: below it, letters have a visible fringe. */
const QUALITY = 38;

/** The last section in the picture. */
const LAST_SECTION = '#latency';

/** The top of a page, in light and in dark colors, as one SVG that loads nothing; its words are those of the page. */
export async function reportPicture(title: string, page: string): Promise<string> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const light = await photograph(browser, page, 'light');
    const dark = await photograph(browser, page, 'dark');
    const width = WIDTH_PX * SCALE;
    const { height } = light;
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<desc>${escapeXml(light.words)}</desc>
<style>.dark{display:none}@media (prefers-color-scheme:dark){.dark{display:inline}.light{display:none}}</style>
<image class="light" width="${width}" height="${height}" href="data:image/webp;base64,${light.image}"/>
<image class="dark" width="${width}" height="${height}" href="data:image/webp;base64,${dark.image}"/>
</svg>
`;
  } finally {
    await browser.close();
  }
}

async function photograph(
  browser: Awaited<ReturnType<typeof chromium.launch>>,
  file: string,
  colorScheme: 'light' | 'dark',
): Promise<{ image: string; words: string; height: number }> {
  const page = await browser.newPage({ viewport: { width: WIDTH_PX, height: WIDTH_PX }, colorScheme });
  await page.goto(pathToFileURL(file).href);
  const section = await page.locator(LAST_SECTION).boundingBox();
  if (section === null) throw new Error(`the page has no ${LAST_SECTION}`);
  const height = Math.ceil(section.y + section.height);
  // WebP has a third of the size of PNG; all browsers read it.
  const protocol = await page.context().newCDPSession(page);
  const { data } = await protocol.send('Page.captureScreenshot', {
    format: 'webp',
    quality: QUALITY,
    captureBeyondViewport: true,
    clip: { x: 0, y: 0, width: WIDTH_PX, height, scale: SCALE },
  });
  const headings = await page.locator('h1, h2').allInnerTexts();
  await page.close();
  return {
    image: data,
    height: height * SCALE,
    words: headings.map((text) => text.replaceAll(/\s+/g, ' ')).join('; '),
  };
}
