import type { MarkKind } from '../text/screen.js';
import { renderDocument } from './document.js';
import type { Glossary } from './glossary.js';
import { type Child, fragment, h, Markup } from './markup.js';
import { markIcon } from './mark-icon.js';
import type { Section } from './parts.js';

/** One result on a page: the verdict first, then what it is drawn from. */
export interface PageResult {
  /** What it is about: `web01:10933`. */
  readonly title: string;
  /** The kind of result and its time. */
  readonly about: string;
  readonly kind: MarkKind;
  /** The headline in one line, for a page of several results. */
  readonly headline: string;
  /** The verdict and the few numbers that matter. */
  readonly lead: Child;
  /** It sums up the other results of a page. As the first of several, it is the beginning of the page. */
  readonly isSummary?: boolean;
  /** In order; those without content are left out. */
  readonly sections: readonly (Section | undefined)[];
}

/** A page of one result or of several. */
export interface Page {
  /** The program and its version. */
  readonly generator: string;
  readonly results: readonly PageResult[];
  /** On a page of several results: what they have in common. */
  readonly overview?: readonly (Section | undefined)[];
  readonly glossary: Glossary;
}

/** A page as one self-contained HTML file. */
export function renderPage(page: Page): string {
  const [first, ...others] = page.results;
  if (first === undefined) throw new RangeError('a page without a result');
  const isOne = others.length === 0 || first.isSummary === true;
  const title = isOne ? `${first.title}: ${first.headline}` : `${page.results.length} results`;
  const body = others.length === 0 ? singleResult(first, page) : severalResults(page);
  return renderDocument({ title, generator: page.generator, body });
}

function singleResult(result: PageResult, { generator, glossary }: Page): Markup {
  const sections = present([...result.sections, glossary.section()]);
  return fragment(
    h('header', {}, heading(result), contents(sections)),
    h(
      'main',
      {},
      result.lead,
      sections.map((one) => sectionMarkup(one)),
    ),
    footer(generator),
  );
}

function severalResults({ results, overview = [], generator, glossary }: Page): Markup {
  const [first] = results;
  const summary = first?.isSummary === true ? first : undefined;
  const parts = results.filter((one) => one !== summary);
  const common = present([...(summary?.sections ?? []), ...overview]);
  const explained = present([glossary.section()]);
  const list = h(
    'ol',
    { class: 'results' },
    parts.map(({ title, about, kind, headline }, i) =>
      h(
        'li',
        {},
        markIcon(kind),
        ' ',
        h('a', { href: `#result-${i + 1}` }, title),
        `: ${headline} `,
        // What is in the summary is the same for all.
        summary === undefined ? h('span', { class: 'muted' }, `(${about})`) : undefined,
      ),
    ),
  );
  const details = summary === undefined ? [] : [{ id: 'results', title: 'One by one', content: list }];
  const listed = [...details, ...explained];
  return fragment(
    h(
      'header',
      {},
      summary === undefined
        ? [h('p', { class: 'kicker' }, 'Report'), h('h1', {}, `${results.length} results`)]
        : heading(summary),
      contents([...common, ...listed]),
    ),
    h(
      'main',
      {},
      summary === undefined ? list : summary.lead,
      common.map(sectionMarkup),
      details.map(sectionMarkup),
      parts.map(article),
      explained.map(sectionMarkup),
    ),
    footer(generator),
  );
}

/** One of several results, with anchors of its own. */
function article(result: PageResult, i: number): Markup {
  const prefix = `result-${i + 1}-`;
  const own = present(result.sections);
  return h(
    'article',
    { class: 'run', id: `result-${i + 1}` },
    heading(result),
    withPrefix(fragment(result.lead), own, prefix),
    own.map(({ id, title, content }) =>
      sectionMarkup({ id: `${prefix}${id}`, title, content: withPrefix(content, own, prefix) }),
    ),
  );
}

/** Links to sections of the same result, which has a prefix among others. Texts are escaped and have no quotation marks. */
function withPrefix({ text }: Markup, sections: readonly Section[], prefix: string): Markup {
  const link = (id: string): string => `href="#${id}"`;
  return new Markup(sections.reduce((all, { id }) => all.replaceAll(link(id), link(`${prefix}${id}`)), text));
}

function heading({ title, about }: PageResult): Markup {
  return fragment(h('p', { class: 'kicker' }, about), h('h1', {}, title));
}

function contents(sections: readonly Section[]): Markup {
  if (sections.length < 2) return fragment();
  const links = sections.map(({ id, title }) => h('li', {}, h('a', { href: `#${id}` }, title)));
  return h('nav', { 'aria-label': 'Contents' }, h('ul', {}, links));
}

function sectionMarkup({ id, title, content }: Section): Markup {
  return h('section', { id }, h('h2', {}, title), content);
}

function footer(generator: string): Markup {
  return h(
    'footer',
    {},
    `Created by ${generator}. This file contains everything that it shows, and loads nothing. Times are in UTC.`,
  );
}

function present(sections: readonly (Section | undefined)[]): Section[] {
  return sections.filter((one) => one !== undefined);
}
