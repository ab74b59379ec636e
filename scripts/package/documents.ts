import { readdir, readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { type Token, Marked } from 'marked';
import { ROOT } from './program.js';

/** A document as HTML that needs nothing else. */
export interface HtmlDocument {
  /** Below the folder of the documents: `docs/guide.html`. */
  readonly path: string;
  readonly html: string;
}

/** Plain and readable, on screens light and dark, and on paper. */
const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
pre{overflow-x:auto;padding:.75rem;border:1px solid #8884}code{font:.9em ui-monospace,monospace}
table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid #8886;padding:.25rem .5rem;text-align:left;vertical-align:top}
h1,h2,h3{line-height:1.2}nav a{margin-right:1rem}nav a[aria-current]{font-weight:600}img{max-width:100%;height:auto}`;

/** The pages that are linked from each page, in the order in which they are read. */
const NAVIGATION: readonly (readonly [path: string, label: string])[] = [
  ['README.md', 'Overview'],
  ['docs/install.md', 'Install'],
  ['docs/windows.md', 'Windows'],
  ['docs/guide.md', 'Guide'],
  ['docs/report.md', 'Results'],
  ['docs/fleet.md', 'Fleet'],
  ['docs/options.md', 'Options'],
  ['docs/failures/README.md', 'Failures'],
  ['docs/README.md', 'All pages'],
];

/** README and documents of users as HTML pages, with links between them. */
export async function documentPages(): Promise<readonly HtmlDocument[]> {
  const sources = await readSources();
  const paths = new Set(sources.keys());
  return [...sources].map(([path, markdown]) => ({
    path: htmlPath(path),
    html: page(
      titleOf(markdown),
      navigation(path),
      render(markdown, { link: (href) => pageLink(href, path, paths), image: (href) => href }),
    ),
  }));
}

/** The pictures of the pages. */
export async function pictures(): Promise<readonly { readonly path: string; readonly svg: string }[]> {
  return [...(await readPictures())].map(([path, svg]) => ({ path, svg }));
}

/** All of them as one page. */
export async function singleDocument(): Promise<string> {
  const sources = await readSources();
  const images = await readPictures();
  const paths = new Set(sources.keys());
  const contents = [...sources].map(
    ([path, text]) => `<li><a href="#${anchorOf(path)}">${escape(titleOf(text))}</a></li>`,
  );
  const sections = [...sources].map(([path, markdown]) => {
    const body = render(markdown, {
      link: (href) => anchorLink(href, path, paths),
      image: (href) => embedded(images.get(resolved(href, path)) ?? ''),
      prefix: anchorOf(path),
    });
    return `<section id="${anchorOf(path)}">${body}</section><hr>`;
  });
  return page('tentacle-ping and tentacle-pong', `<nav><ul>${contents.join('')}</ul></nav>`, sections.join('\n'));
}

/** Markdown by its path below the root; README first. */
async function readSources(): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(new URL('docs/', ROOT), { recursive: true });
  const paths = names
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.md'))
    .sort();
  const all = ['README.md', 'CHANGELOG.md', 'SECURITY.md', ...paths];
  return new Map(
    await Promise.all(all.map(async (path) => [path, await readFile(new URL(path, ROOT), 'utf8')] as const)),
  );
}

/** Below the root, by path. */
async function readPictures(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(new URL('docs/pictures/', ROOT))).sort();
  const paths = names.map((name) => `docs/pictures/${name}`);
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(new URL(path, ROOT), 'utf8')] as const)),
  );
}

function embedded(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

/** How the addresses in a document are changed, and what its anchors begin with. */
interface Rendering {
  readonly link: (href: string) => string;
  readonly image: (href: string) => string;
  readonly prefix?: string;
}

function render(markdown: string, { link, image, prefix = '' }: Rendering): string {
  const marked = new Marked({
    walkTokens: (token: Token) => {
      if (token.type === 'link') (token as { href: string }).href = link((token as { href: string }).href);
      if (token.type === 'image') (token as { href: string }).href = image((token as { href: string }).href);
    },
    renderer: {
      heading({ tokens, depth, text }) {
        const id = prefix === '' ? slug(text) : `${prefix}--${slug(text)}`;
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      // Comments of generated documents.
      html: ({ text }) => (text.trim().startsWith('<!--') ? '' : escape(text)),
    },
  });
  return marked.parse(markdown, { async: false });
}

/** As GitHub forms anchors: lower case, spaces as hyphens, other punctuation dropped. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function htmlPath(path: string): string {
  return path.replace(/\.md$/, '.html');
}

/** The document that a link leads to, as its path below the root; undefined for anything else. */
function target(href: string, from: string): { readonly path: string; readonly anchor: string } | undefined {
  if (/^[a-z]+:/i.test(href)) return undefined;
  const [path = '', anchor = ''] = href.split('#');
  return { path: path === '' ? from : resolved(path, from), anchor };
}

function resolved(path: string, from: string): string {
  return posix.normalize(posix.join(posix.dirname(from), path));
}

/** Links to files that are not documents, as sources, lead nowhere from here: they lead to the same page. */
function pageLink(href: string, from: string, paths: ReadonlySet<string>): string {
  const to = target(href, from);
  if (to === undefined) return href;
  const anchor = to.anchor === '' ? '' : `#${to.anchor}`;
  if (!paths.has(to.path)) return anchor === '' ? '#' : anchor;
  return `${posix.relative(posix.dirname(from), htmlPath(to.path))}${anchor}`;
}

function anchorLink(href: string, from: string, paths: ReadonlySet<string>): string {
  const to = target(href, from);
  if (to === undefined) return href;
  if (!paths.has(to.path)) return '#';
  return to.anchor === '' ? `#${anchorOf(to.path)}` : `#${anchorOf(to.path)}--${to.anchor}`;
}

function anchorOf(path: string): string {
  return path
    .replace(/\.md$/, '')
    .replaceAll(/[^\w]+/g, '-')
    .toLowerCase();
}

function titleOf(markdown: string): string {
  return /^# (.+)$/m.exec(markdown)?.[1] ?? 'tentacle-ping and tentacle-pong';
}

function navigation(path: string): string {
  const links = NAVIGATION.map(([to, label]) => {
    const current = to === path ? ' aria-current="page"' : '';
    return `<a href="${posix.relative(posix.dirname(path), htmlPath(to))}"${current}>${label}</a>`;
  });
  return `<nav>${links.join('')}</nav>`;
}

function page(title: string, navigation: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${navigation}
<main>
${body}</main>
</body>
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
