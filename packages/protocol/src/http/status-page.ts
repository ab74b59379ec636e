/** The content of a page: a paragraph, and a table of observations. */
export interface StatusPage {
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  /** Values may be untrusted; they are escaped. */
  readonly rows: readonly (readonly [name: string, value: string])[];
  readonly foot: string;
  /** A second table of facts. */
  readonly facts?: { readonly title: string; readonly rows: StatusPage['rows'] };
  readonly list?: StatusList;
}

/** A table with a row for each thing of a list. */
export interface StatusList {
  readonly title: string;
  readonly note: string;
  readonly head: readonly string[];
  /** Texts may be untrusted; they are escaped. */
  readonly rows: readonly (readonly StatusCell[])[];
}

interface StatusCell {
  readonly text: string;
  /** How it is shown. Color never carries meaning alone. */
  readonly kind?: 'good' | 'warning' | 'bad' | 'nowrap' | 'mono';
}

/** HTTP headers that allow no script and no external content, and forbid caching: each page is about its own connection. */
export const PAGE_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  'X-Content-Type-Options': 'nosniff',
};

/** The colors of the reports (html/style-sheet.ts), light and dark by the reader's preference, from phones to desktops. */
const STYLE = `
:root{color-scheme:light dark;--page:#fff;--text:#1c2127;--muted:#555e68;--line:#d5dae0;--soft:#e9edf1;--good:#116b34;--warning:#855500;--bad:#b3221c}
@media screen and (prefers-color-scheme:dark){:root{--page:#0f1318;--text:#e4e9ee;--muted:#a2adb8;--line:#343c46;--soft:#232a33;--good:#56cf84;--warning:#e6b450;--bad:#ff8a80}}
*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:62rem;padding:1.5rem 1.25rem 3rem;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:break-word}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .5rem;font-weight:650}h2{font-size:1.2rem;margin:2.25rem 0 .25rem;font-weight:650}
p{margin:.4rem 0;max-width:52rem}.note{color:var(--muted);font-size:.875rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.75rem 0;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.35rem 1rem .35rem 0;border-bottom:1px solid var(--soft)}
th{color:var(--muted);font-weight:400}thead th{border-bottom-color:var(--line);white-space:nowrap}
.facts th{width:13rem}.facts td,.mono{font-family:ui-monospace,"Cascadia Mono",Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.good{color:var(--good)}.warning{color:var(--warning)}.bad{color:var(--bad)}.nowrap{white-space:nowrap}td.good,td.warning,td.bad{min-width:11rem}
@media (max-width:34rem){body{font-size:15px;padding:1.25rem 1rem 2rem}.facts th,.facts td{display:block;width:auto;padding-right:0}.facts th{border:0;padding-bottom:0}.facts td{padding-top:0}}`;

/** Renders a page without active content. Values in rows are escaped; the other texts are trusted. */
export function renderStatusPage({ title, heading, lead, rows, foot, facts, list }: StatusPage): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
<p>${lead}</p>
${factsTable(rows)}
<p class="note">${foot}</p>
${facts === undefined ? '' : `<h2>${facts.title}</h2>\n${factsTable(facts.rows)}\n`}${list === undefined ? '' : listSection(list)}</main>
</body>
</html>`;
}

function factsTable(rows: StatusPage['rows']): string {
  const lines = rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escape(value)}</td></tr>`);
  return `<table class="facts">\n${lines.join('\n')}\n</table>`;
}

function listSection({ title, note, head, rows }: StatusList): string {
  const headCells = head.map((name) => `<th scope="col">${name}</th>`).join('');
  const lines = rows.map((row) => {
    const cells = row.map(
      ({ text, kind }) => `<td${kind === undefined ? '' : ` class="${kind}"`}>${escape(text)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  const table = `<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table>\n<thead><tr>${headCells}</tr></thead>\n<tbody>\n${lines.join('\n')}\n</tbody></table></div>\n`;
  return `<h2>${title}</h2>\n<p class="note">${note}</p>\n${rows.length === 0 ? '' : table}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Untrusted text for a page: without markup, control characters, or characters that change the text's direction. */
function escape(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\u00b7').replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
