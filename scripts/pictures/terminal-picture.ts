import { escapeXml } from './escape-xml.js';
import { readTerminalText } from './terminal-text.js';

/** A letter of a monospaced font is 0.6 times as wide as the font is high. */
const FONT_PX = 14;
const COLUMN_PX = FONT_PX * 0.6;
const LINE_PX = 19;
const MARGIN_PX = 16;

/** The width for which the outputs are laid out; a command that must not be broken may be longer. */
const COLUMNS_MIN = 80;

/** The colors of GitHub's own code, readable on both backgrounds (WCAG AA). */
const STYLE = `text{font:${FONT_PX}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1f2328}
rect{fill:#f6f8fa;stroke:#d1d9e0}path{fill:#1f2328}.good{fill:#1a7f37}.warning{fill:#9a6700}.bad{fill:#d1242f}.dim{fill:#59636e}.strong{font-weight:600}
@media (prefers-color-scheme:dark){text{fill:#f0f6fc}rect{fill:#151b23;stroke:#3d444d}path{fill:#f0f6fc}.good{fill:#3fb950}.warning{fill:#d29922}.bad{fill:#f85149}.dim{fill:#9198a1}}`;

/** What a picture shows: the command, and its output with colors. */
export interface TerminalScene {
  readonly title: string;
  readonly command: string;
  readonly output: string;
}

/** A picture of a terminal, as SVG that loads nothing and has a light and a dark form. */
export function terminalPicture({ title, command, output }: TerminalScene): string {
  const lines = readTerminalText(`\u001b[1m$ ${command}\u001b[22m\n${output}`);
  const columns = Math.max(COLUMNS_MIN, ...lines.flat().map(({ column, text }) => column + text.length));
  const width = Math.ceil(columns * COLUMN_PX) + 2 * MARGIN_PX;
  const height = lines.length * LINE_PX + 2 * MARGIN_PX;
  const texts = lines.flatMap((runs, line) => {
    const y = MARGIN_PX + line * LINE_PX + FONT_PX;
    return runs.map(({ column, text, style }) => {
      const x = round(MARGIN_PX + column * COLUMN_PX);
      if (BAR.test(text)) return bar(x, MARGIN_PX + line * LINE_PX, text);
      const length = round(text.length * COLUMN_PX);
      const kind = style === undefined ? '' : ` class="${style}"`;
      return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${kind}>${escapeXml(text)}</text>`;
    });
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<style>${STYLE}</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>
${texts.join('\n')}
</svg>
`;
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}

/** Blocks, from an eighth to a whole letter. */
const BAR = /^[\u2588-\u258f]+$/;

/** Bars of a histogram as one shape: between letters, fonts leave gaps. */
function bar(x: number, y: number, text: string): string {
  const eighths = Array.from(text).reduce((sum, block) => sum + 0x2590 - block.charCodeAt(0), 0);
  return `<path d="M${x} ${y + 2}h${round((eighths / 8) * COLUMN_PX)}v${FONT_PX}h-${round((eighths / 8) * COLUMN_PX)}z"/>`;
}
