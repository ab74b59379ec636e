import { catalogue } from 'tentacle-protocol/diagnostics';
import { styled } from 'tentacle-protocol/cli';

/** The pages of the documentation, where the package's `repository` has them. */
const PAGES = 'https://github.com/tentacle-ping/tentacle-ping/blob/main/docs';

/** GitHub's anchors have no dots. */
function anchor(id: string): string {
  return `#${id.replaceAll('.', '')}`;
}

/** Where a known message is described. */
export function messagePage(id: string): string {
  return `${PAGES}/log-lines.md${anchor(id)}`;
}

/** Where the end of a connection is described. */
export function endingPage(id: string): string {
  return `${PAGES}/endings.md${anchor(id)}`;
}

/** Where the finding of a check is described. */
export function checkPage(id: string): string {
  return `${PAGES}/checks.md${anchor(id)}`;
}

/** Where a failure is described: the address of its page and heading; undefined for an id that is not a failure's. */
export function failurePage(id: string): string | undefined {
  const stage = catalogue.find((failure) => failure.id === id)?.stage;
  return stage === undefined ? undefined : `${PAGES}/failures/${stage}.md${anchor(id)}`;
}

/** Where to read more about a failure, and about the run; empty where there is nothing. The command is not wrapped. */
export function furtherReading(id: string, isVerbose: boolean): string {
  const page = failurePage(id);
  const sources = [...(isVerbose ? [] : ['--verbose']), ...(page === undefined ? [] : [`tentacle-ping explain ${id}`])];
  const lines = [
    ...(sources.length === 0 ? [] : [`More: ${sources.join(', or ')}`]),
    ...(page === undefined ? [] : [page]),
  ];
  return lines.map((line) => `  ${styled('dim', line)}\n`).join('');
}
