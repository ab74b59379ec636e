import { type Child, fragment, h, Markup } from './markup.js';

/** A part of a page with a heading. Empty contents make no section. */
export interface SectionOptions {
  /** The anchor. */
  readonly id: string;
  readonly title: string;
}

/** A section of a page; `undefined` where it would have no content. */
export function section({ id, title }: SectionOptions, ...children: readonly Child[]): Section | undefined {
  const content = fragment(...children);
  return content.text === '' ? undefined : { id, title, content };
}

/** A section before it has its place in a page. */
export interface Section extends SectionOptions {
  readonly content: Markup;
}

/** Names and values, in two columns. A row without a value is left out. */
export function facts(rows: readonly (readonly [name: string, value: Child])[]): Markup {
  const known = rows.filter(([, value]) => !isEmpty(value));
  if (known.length === 0) return fragment();
  return h(
    'dl',
    { class: 'facts' },
    known.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
  );
}

/** The few numbers that matter, large. */
export function figures(rows: readonly (readonly [name: string, value: Child])[]): Markup {
  return h(
    'dl',
    { class: 'figures' },
    rows
      .filter(([, value]) => !isEmpty(value))
      .map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

function isEmpty(value: Child): boolean {
  return fragment(value).text === '';
}

/** A column of a table. */
export interface Column {
  readonly name: Child;
  /** Numbers are aligned right. */
  readonly kind?: 'text' | 'number' | 'nowrap' | 'bar';
}

/** A row with an attribute of its own; a plain list is a row without. */
export interface Row {
  readonly cells: readonly Child[];
  readonly className?: string;
  readonly outcome?: string;
}

/** A table. */
export interface TableOptions {
  /** What the table shows. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (Row | readonly Child[])[];
}

/** A table that scrolls within itself where it is wider than the page. Its first column names the row. */
export function table({ caption, columns, rows }: TableOptions): Markup {
  if (rows.length === 0) return fragment();
  const classOf = (i: number): string | undefined => {
    const kind = columns[i]?.kind ?? 'text';
    return kind === 'text' ? undefined : kind;
  };
  const head = columns.map(({ name }, i) => h('th', { scope: 'col', class: classOf(i) }, name));
  const body = rows.map((row) => {
    const { cells, className, outcome } = 'cells' in row ? row : { cells: row };
    return h(
      'tr',
      { class: className, 'data-outcome': outcome },
      cells.map((cell, i) =>
        i === 0 ? h('th', { scope: 'row', class: classOf(i) }, cell) : h('td', { class: classOf(i) }, cell),
      ),
    );
  });
  return scrollable(
    caption,
    h('table', {}, h('caption', {}, h('span', {}, caption)), h('thead', {}, h('tr', {}, head)), h('tbody', {}, body)),
  );
}

/** Content that may be wider than the page, and is reached by keyboard. */
export function scrollable(label: string, content: Child, className = 'scroll'): Markup {
  return h('div', { class: className, role: 'group', 'aria-label': label, tabindex: 0 }, content);
}

/** A list of texts; empty for none. */
export function bulletList(items: readonly Child[]): Markup {
  return items.length === 0
    ? fragment()
    : h(
        'ul',
        {},
        items.map((item) => h('li', {}, item)),
      );
}

/** Content that is folded until the reader opens it. */
export function folded(summary: string, ...children: readonly Child[]): Markup {
  const content = fragment(...children);
  return content.text === '' ? content : h('details', {}, h('summary', {}, summary), content);
}

/** A part with a smaller heading; empty for no content. */
export function part(title: string, ...children: readonly Child[]): Markup {
  const content = fragment(...children);
  return content.text === '' ? content : fragment(h('h3', {}, title), content);
}
