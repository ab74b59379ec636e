import { createHash } from 'node:crypto';
import { type Child, escapeHtml, fragment } from './markup.js';
import { SCRIPT } from './script.js';
import { STYLE_SHEET } from './style-sheet.js';

/** A whole page. */
export interface HtmlDocument {
  readonly title: string;
  /** The program and its version. */
  readonly generator: string;
  readonly body: Child;
}

/**
 * Nothing is loaded and nothing is sent: only the style and the script in the page itself apply, by their hashes. Without
 * `'unsafe-inline'`, no text that got into the page as markup could run or change its look.
 */
const POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(STYLE_SHEET)}'`,
  `script-src '${hashOf(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** One self-contained HTML file. It needs no network, and works without its script. */
export function renderDocument({ title, generator, body }: HtmlDocument): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<meta name="generator" content="${escapeHtml(generator)}">`,
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLE_SHEET}</style>`,
    '</head>',
    `<body>${fragment(body).text}`,
    `<script>${SCRIPT}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
