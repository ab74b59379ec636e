/** How letters of a terminal look. */
export type TerminalStyle = 'good' | 'warning' | 'bad' | 'dim' | 'strong';

/** Letters of one line in one style, at a column. */
export interface TerminalRun {
  readonly column: number;
  readonly text: string;
  readonly style?: TerminalStyle;
}

/** The parameters of SGR sequences that both programs use; 39 and 22 end a style. */
const STYLES: Readonly<Record<string, TerminalStyle>> = {
  '32': 'good',
  '33': 'warning',
  '31': 'bad',
  '2': 'dim',
  '1': 'strong',
};
const ENDS = ['39', '22'];

/** Text and styles of an output with colors, line by line. @throws Error for a style that no program uses. */
export function readTerminalText(output: string): TerminalRun[][] {
  return output.trimEnd().split('\n').map(readLine);
}

function readLine(line: string): TerminalRun[] {
  const runs: TerminalRun[] = [];
  let column = 0;
  let style: TerminalStyle | undefined;
  // eslint-disable-next-line no-control-regex -- the escape sequences themselves
  for (const [, parameters, text = ''] of line.matchAll(/(?:\u001b\[(\d*)m)?([^\u001b]*)/g)) {
    if (parameters !== undefined) style = readStyle(parameters);
    // Where there are two spaces or more, a new run begins, so that columns stay aligned in any font.
    for (const [word] of text.matchAll(/\S+(?: \S+)*| +/g)) {
      if (word.trim() !== '') runs.push({ column, text: word, ...(style === undefined ? {} : { style }) });
      column += word.length;
    }
  }
  return runs;
}

function readStyle(parameters: string): TerminalStyle | undefined {
  const style = STYLES[parameters];
  if (style === undefined && !ENDS.includes(parameters)) throw new Error(`unknown style ${parameters}`);
  return style;
}
