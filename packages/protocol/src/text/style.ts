import { styleText } from 'node:util';

/** How a part of a text is shown where colors are. Color never carries meaning alone: marks and words do. */
export type Style = 'good' | 'warning' | 'bad' | 'dim' | 'strong';

const FORMATS = { good: 'green', warning: 'yellow', bad: 'red', dim: 'dim', strong: 'bold' } as const;

/**
 * Begin each style in a text, and end them. Noncharacters, which Unicode keeps for use within a program: texts are built
 * without knowing whether they go to a terminal, and no control character of a peer is ever let through.
 */
const BEGIN: Readonly<Record<Style, string>> = {
  good: '\ufdd0',
  warning: '\ufdd1',
  bad: '\ufdd2',
  dim: '\ufdd3',
  strong: '\ufdd4',
};
const END = '\ufdd5';

const STYLED = /([\ufdd0-\ufdd4])([^\ufdd0-\ufdd5]*)\ufdd5/g;
const MARKERS = /[\ufdd0-\ufdd5]/g;
const STYLE_OF = new Map(Object.entries(BEGIN).map(([style, begin]) => [begin, style as Style]));

/** A text in a style. Styles are not nested: within another one, only the inner one is shown. */
export function styled(style: Style, text: string): string {
  return text === '' ? '' : `${BEGIN[style]}${text}${END}`;
}

/** The text without styles. */
export function withoutStyles(text: string): string {
  return text.replaceAll(MARKERS, '');
}

/** The text as it is written to a stream: with escape sequences where it shows colors. Each line ends its style. */
export function renderStyles(text: string, hasColors: boolean): string {
  if (!hasColors) return withoutStyles(text);
  const rendered = text.replaceAll(STYLED, (_, begin: string, inner: string) => {
    const format = FORMATS[STYLE_OF.get(begin) ?? 'dim'];
    return inner
      .split('\n')
      .map((line) => (line === '' ? '' : styleText(format, line, { validateStream: false })))
      .join('\n');
  });
  return withoutStyles(rendered);
}
