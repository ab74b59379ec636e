import { posix } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

/** What the packages contain, as built. */
interface Documents {
  documentPages(): Promise<readonly { readonly path: string; readonly html: string }[]>;
  pictures(): Promise<readonly { readonly path: string; readonly svg: string }[]>;
  singleDocument(): Promise<string>;
}

const MODULE = new URL('../../scripts/dist/package/documents.js', import.meta.url).href;

const linksOf = (html: string): string[] => [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = '']) => link);

const idsOf = (html: string): Set<string> => new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id));

describe('documents as HTML', () => {
  let documents: Documents;
  beforeAll(async () => {
    documents = (await import(MODULE)) as Documents;
  });

  it('are all reached from the overview, by links that lead to a file and a heading', async () => {
    const pages = new Map((await documents.documentPages()).map(({ path, html }) => [path, html]));
    const pictures = new Set((await documents.pictures()).map(({ path }) => path));
    const ids = new Map([...pages].map(([path, html]) => [path, idsOf(html)]));
    const reached = new Set<string>();
    const broken: string[] = [];
    const visit = (path: string): void => {
      reached.add(path);
      for (const link of linksOf(pages.get(path) ?? '')) {
        if (/^[a-z]+:/.test(link)) continue;
        const [file = '', anchor] = link.split('#');
        const to = file === '' ? path : posix.join(posix.dirname(path), file);
        if (pictures.has(to)) continue;
        const isThere = anchor === undefined ? pages.has(to) : ids.get(to)?.has(anchor) === true;
        if (!isThere) broken.push(`${path}: ${link}`);
        if (!reached.has(to)) visit(to);
      }
    };
    visit('README.html');
    expect(broken).toEqual([]);
    expect(reached).toEqual(new Set(pages.keys()));
    expect(pages.size).toBeGreaterThan(25);
  });

  it('load nothing from elsewhere', async () => {
    for (const { html } of await documents.documentPages())
      expect(html).not.toMatch(/<script|<link|src="https?:|url\(/);
  });

  it('as one page contain the pictures, and headings for all links', async () => {
    const page = await documents.singleDocument();
    const ids = idsOf(page);
    const links = linksOf(page);
    expect(links.filter((link) => link.startsWith('#') && !ids.has(link.slice(1)))).toEqual([]);
    expect(links.filter((link) => !/^(?:#|https?:|data:image\/svg)/.test(link))).toEqual([]);
    expect(links.filter((link) => link.startsWith('data:')).length).toBe((await documents.pictures()).length);
  });
});
