import { type ConnectionView, PONG_PAGE_CERTIFICATE, PONG_PAGE_MARK } from 'tentacle-protocol';

/** What the page tells of the connection that asks for it. */
export interface PageView extends ConnectionView {
  readonly serverName: string | undefined;
  readonly firstLine: string;
  readonly requestBytes: number;
}

/** No script, nothing from elsewhere, and never an old page for a new connection. */
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

/** The page for a browser: what pong saw of this very connection. Everything in it that a stranger sent is escaped. */
export function pageFor(view: PageView): string {
  const rows = [
    ['Your address here', `${view.address}, port ${view.port}`],
    ['TLS', `${view.tlsVersion}, ${view.cipher}`],
    ['Name asked for (SNI)', view.serverName ?? 'none'],
    [PONG_PAGE_CERTIFICATE, view.clientThumbprint ?? 'none'],
    ['First line', view.firstLine],
    ['Size of the request', `${view.requestBytes} bytes`],
    ['Connection', view.connectionId],
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${PONG_PAGE_MARK} ${escape(view.pongVersion)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>tentacle-pong is listening</h1>
<p>It stands in for an Octopus Tentacle. You see this page, so the way from your machine to this port is open, TLS and all.
What was seen of your connection:</p>
<table>
${rows.map(([name = '', value = '']) => `<tr><th scope="row">${name}</th><td>${escape(value)}</td></tr>`).join('\n')}
</table>
<p>Is an address or a certificate here not yours? Then something on the way stands between.</p>
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

/** Text of a stranger in a page: no markup, no control characters, nothing that turns the direction of the text. */
function escape(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\u00b7').replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
