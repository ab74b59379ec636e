/** The content of a page: a paragraph, and a table of observations. */
export interface StatusPage {
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  /** Values may be untrusted; they are escaped. */
  readonly rows: readonly (readonly [name: string, value: string])[];
  readonly foot: string;
}

/** HTTP headers that allow no script and no external content, and forbid caching: each page is about its own connection. */
export const PAGE_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  'X-Content-Type-Options': 'nosniff',
};

const STYLE = `
body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.4rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-top:1px solid #ccc}
th{font-weight:600;white-space:nowrap}td{font-family:ui-monospace,monospace;overflow-wrap:anywhere}`;

/** Renders a page without active content. Values in rows are escaped; the other texts are trusted. */
export function renderStatusPage({ title, heading, lead, rows, foot }: StatusPage): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>${heading}</h1>
<p>${lead}</p>
<table>
${rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escape(value)}</td></tr>`).join('\n')}
</table>
<p>${foot}</p>
</body>
</html>`;
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
