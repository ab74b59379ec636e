import { readdir, readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { Marked, type Token, type Tokens } from 'marked';
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
pre{overflow-x:auto;padding:.75rem;border:1px solid #8884}code{font:.9em ui-monospace,monospace}code span{white-space:nowrap}
table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid #8886;padding:.25rem .5rem;text-align:left;vertical-align:top;min-width:6rem}
h1,h2,h3{line-height:1.2}nav p{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:0}nav a[aria-current]{font-weight:600}img{max-width:100%;height:auto}`;

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
      render(markdown, {
        link: (href) => pageLink(href, path, paths),
        title: (href) => titleOfTarget(href, path, sources),
        image: (href) => href,
      }),
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
      title: (href) => titleOfTarget(href, path, sources),
      image: (href) => embedded(images.get(resolved(href, path)) ?? ''),
      prefix: anchorOf(path),
    });
    return `<section id="${anchorOf(path)}">${body}</section><hr>`;
  });
  return page('tentacle-ping and tentacle-pong', `<nav><ul>${contents.join('')}</ul></nav>`, sections.join('\n'));
}

/** Markdown by its path below the root, in the order in which it is read: README, the index, then as the index links them. */
async function readSources(): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(new URL('docs/', ROOT), { recursive: true });
  const paths = names
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.md'))
    .sort();
  const index = await readFile(new URL('docs/README.md', ROOT), 'utf8');
  const inOrder = [...paths].sort((a, b) => rankIn(index, a) - rankIn(index, b));
  const all = ['README.md', ...inOrder, 'deploy/windows/README.md', 'SECURITY.md', 'CHANGELOG.md'];
  return new Map(
    await Promise.all(all.map(async (path) => [path, await readFile(new URL(path, ROOT), 'utf8')] as const)),
  );
}

/** Where the index links a page; the pages of a folder are where its first page is, and the index itself is first. */
function rankIn(index: string, path: string): number {
  if (path === 'docs/README.md') return -1;
  const below = path.slice('docs/'.length).replace(/\/.*$/, '/README.md');
  return index.indexOf(`(${below})`);
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
  /** The title of the document that a link leads to. */
  readonly title: (href: string) => string | undefined;
  readonly image: (href: string) => string;
  readonly prefix?: string;
}

function render(markdown: string, { link, title, image, prefix = '' }: Rendering): string {
  const marked = new Marked({
    walkTokens: (token: Token) => {
      if (token.type === 'link') rewriteLink(token as Tokens.Link, link, title);
      if (token.type === 'image') (token as { href: string }).href = image((token as { href: string }).href);
    },
    renderer: {
      heading({ tokens, depth, text }) {
        const id = prefix === '' ? slug(text) : `${prefix}--${slug(text)}`;
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      codespan: ({ text }) => `<code>${text.split(' ').map(unbroken).join(' ')}</code>`,
      // Comments of generated documents.
      html: ({ text }) => (text.trim().startsWith('<!--') ? '' : escape(text)),
    },
  });
  return marked.parse(markdown, { async: false });
}

/** A browser breaks lines at hyphens: `--count` would become `-` and `-count`. Longer words are paths, which may break. */
const UNBROKEN_CHARS = 30;

function unbroken(word: string): string {
  const html = escape(word);
  return word.includes('-') && word.length <= UNBROKEN_CHARS ? `<span>${html}</span>` : html;
}

/** A link whose text is the name of a file shows the title of the page in its place. */
function rewriteLink(token: Tokens.Link, link: Rendering['link'], title: Rendering['title']): void {
  const text = /^[\w/-]+\.md$/.test(token.text) ? title(token.href) : undefined;
  if (text !== undefined) token.tokens = [{ type: 'text', raw: text, text }];
  token.href = link(token.href);
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

/** Files that are not documents, as sources, are only in the repository. */
const REPOSITORY = 'https://github.com/tentacle-ping/tentacle-ping/blob/main/';

function pageLink(href: string, from: string, paths: ReadonlySet<string>): string {
  const to = target(href, from);
  if (to === undefined) return href;
  const anchor = to.anchor === '' ? '' : `#${to.anchor}`;
  if (!paths.has(to.path)) return `${REPOSITORY}${to.path}${anchor}`;
  return `${posix.relative(posix.dirname(from), htmlPath(to.path))}${anchor}`;
}

function anchorLink(href: string, from: string, paths: ReadonlySet<string>): string {
  const to = target(href, from);
  if (to === undefined) return href;
  if (!paths.has(to.path)) return `${REPOSITORY}${to.path}`;
  return to.anchor === '' ? `#${anchorOf(to.path)}` : `#${anchorOf(to.path)}--${to.anchor}`;
}

function anchorOf(path: string): string {
  return path
    .replace(/\.md$/, '')
    .replaceAll(/[^\w]+/g, '-')
    .toLowerCase();
}

function titleOfTarget(href: string, from: string, sources: ReadonlyMap<string, string>): string | undefined {
  const markdown = sources.get(target(href, from)?.path ?? '');
  return markdown === undefined ? undefined : titleOf(markdown);
}

function titleOf(markdown: string): string {
  return /^# (.+)$/m.exec(markdown)?.[1] ?? 'tentacle-ping and tentacle-pong';
}

function navigation(path: string): string {
  const links = NAVIGATION.map(([to, label]) => {
    const current = to === path ? ' aria-current="page"' : '';
    return `<a href="${posix.relative(posix.dirname(path), htmlPath(to))}"${current}>${label}</a>`;
  });
  return `<nav><p>${links.join('')}</p></nav>`;
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
