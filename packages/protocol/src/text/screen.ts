import { styled, type Style } from './style.js';

/** What texts for people are laid out for. */
export interface Screen {
  /** Columns, from 40 to 200; 80 when unknown. */
  readonly width: number;
  /** Without, letters beyond ASCII become `?`, and marks and bars are ASCII. */
  readonly unicode: boolean;
}

/** What a mark before a line says. `none`: not tested, or not applicable. */
export type MarkKind = 'good' | 'warning' | 'bad' | 'unknown' | 'none';

const MARKS: Readonly<Record<MarkKind, { readonly unicode: string; readonly ascii: string; readonly style: Style }>> = {
  good: { unicode: '✔', ascii: 'ok', style: 'good' },
  warning: { unicode: '!', ascii: '!', style: 'warning' },
  bad: { unicode: '✖', ascii: 'X', style: 'bad' },
  unknown: { unicode: '?', ascii: '?', style: 'warning' },
  none: { unicode: '-', ascii: '-', style: 'dim' },
};

/** The mark with which a line begins: `✔`, `!`, `✖`, `?`, `-`; without Unicode `ok`, `!`, `X`, `?`, `-`. */
export function mark(kind: MarkKind, { unicode }: Pick<Screen, 'unicode'>): string {
  const { style, ...texts } = MARKS[kind];
  return styled(style, unicode ? texts.unicode : texts.ascii);
}

/** The columns that the widest mark takes, for lists of lines with different marks. */
export function markWidth({ unicode }: Pick<Screen, 'unicode'>): number {
  return unicode ? 1 : MARKS.good.ascii.length;
}

/** What decides which letters a reader sees. */
export interface TerminalFacts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
}

/**
 * Whether the reader of an output sees letters beyond ASCII. Node writes UTF-16 to consoles of Windows, whatever their code
 * page; but what reads a pipe or a file there, as PowerShell 5.1 does, decodes it by the code page.
 */
export function showsUnicode({ platform, env, isTerminal }: TerminalFacts): boolean {
  if (env['TERM'] === 'dumb') return false;
  if (platform === 'win32') return isTerminal;
  // The order in which the C library looks for the character set.
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
}
