import { catalogue } from 'tentacle-protocol/diagnostics';
import { styled } from 'tentacle-protocol/cli';

/** The pages of the documentation, where the package's `repository` has them. */
const PAGES = 'https://github.com/tentacle-ping/tentacle-ping/blob/main/docs';

/** Where a failure is described: the address of its page and heading; undefined for an id that is not a failure's. */
export function failurePage(id: string): string | undefined {
  const stage = catalogue.find((failure) => failure.id === id)?.stage;
  // GitHub's anchors have no dots.
  return stage === undefined ? undefined : `${PAGES}/failures/${stage}.md#${id.replaceAll('.', '')}`;
}

/** Where to read more about a failure, and about the run; empty where there is nothing. The command is not wrapped. */
export function furtherReading(id: string, isVerbose: boolean): string {
  const page = failurePage(id);
  const sources = [...(page === undefined ? [] : [`tentacle-ping explain ${id}`]), ...(isVerbose ? [] : ['--verbose'])];
  const lines = [
    ...(sources.length === 0 ? [] : [`More: ${sources.join(', or ')}`]),
    ...(page === undefined ? [] : [page]),
  ];
  return lines.map((line) => `  ${styled('dim', line)}\n`).join('');
}
