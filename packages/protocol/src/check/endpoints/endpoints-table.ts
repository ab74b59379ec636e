import type { Check, CheckStatus, TestedEndpoint } from '../../diagnostics/checks/check.js';
import { hostAndPort } from '../../diagnostics/wording.js';
import type { Screen } from '../../text/screen.js';
import { styled } from '../../text/style.js';
import { padEnd, padStart, textWidth } from '../../text/text-width.js';
import { ms, wrap } from '../../text/units.js';

/** Enough of a thumbprint to compare it; reports have all of it. */
const THUMBPRINT_CHARS = 8;

const HEAD: Row = { mark: '', endpoint: 'endpoint', cells: ['from', 'ms', 'cert'], last: 'id' };

/** Cells that are aligned right. */
const TIME_CELL = 1;

/** One endpoint in the table. */
interface Row {
  /** Empty for the head. */
  readonly mark: string;
  readonly endpoint: string;
  /** Where the connection came from, its time in milliseconds, and the thumbprint. */
  readonly cells: readonly string[];
  /** The id, or what answered. */
  readonly last: string;
  readonly isSkipped?: boolean;
}

/**
 * The table of endpoints: result, endpoint, where the connection came from, time, thumbprint, and the id or the answer.
 * What does not fit beside the others is on a line of its own; on a narrow terminal, that is all but the endpoint. Empty
 * where no check is about an endpoint.
 * @param markOf returns the mark of a status, all of one width.
 */
export function endpointsTable(
  checks: readonly Check[],
  markOf: (status: CheckStatus) => string,
  { width }: Screen,
): string {
  const tested = checks.filter(({ endpoint }) => endpoint !== undefined).sort(byEndpoint);
  if (tested.length === 0) return '';
  const rows = tested.map((check) => rowOf(check, markOf(check.status), hasSeveralAddresses(tested, check)));
  const all = [HEAD, ...rows];
  const markColumns = Math.max(...rows.map((row) => textWidth(row.mark)));
  const endpointColumns = Math.max(...all.map(({ endpoint }) => endpoint.length));
  const cellColumns = HEAD.cells.map((_, i) => Math.max(...all.map(({ cells }) => cells[i]?.length ?? 0)));
  const indent = ' '.repeat(markColumns + 3);
  const cellsText = ({ cells }: Row): string =>
    cells.map((cell, i) => (i === TIME_CELL ? padStart : padEnd)(cell, cellColumns[i] ?? 0)).join('  ');
  const isNarrow = indent.length + endpointColumns + 2 + cellsText(HEAD).length > width;
  const lines = (isNarrow ? rows : all).map((row) => {
    const style = (text: string): string => (row.isSkipped === true || row === HEAD ? styled('dim', text) : text);
    const prefix = `  ${padEnd(row.mark, markColumns)} `;
    if (isNarrow) {
      const cells = row.cells.filter((cell) => cell !== '').join('  ');
      return `${prefix}${style(row.endpoint)}\n${wrap(style(`${cells}  ${row.last}`.trimEnd()), indent, indent, width)}`;
    }
    const text = `${padEnd(row.endpoint, endpointColumns)}  ${cellsText(row)}`;
    if (indent.length + textWidth(text) + 2 + textWidth(row.last) <= width)
      return `${prefix}${style(`${text}  ${row.last}`.trimEnd())}`;
    return `${prefix}${style(text.trimEnd())}\n${wrap(style(row.last), indent, indent, width)}`;
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** Whether others of the same name, tested over the same path, have another address. */
function hasSeveralAddresses(tested: readonly Check[], { endpoint: own }: Check): boolean {
  return tested.some(
    ({ endpoint }) =>
      endpoint?.name === own?.name &&
      endpoint?.from === own?.from &&
      endpoint?.address !== undefined &&
      own?.address !== undefined &&
      endpoint.address !== own.address,
  );
}

/** The order of the uses, from the portal on. */
const USES: readonly TestedEndpoint['use'][] = ['portal', 'polling', 'web-socket', 'grpc', 'tentacle'];

/** By use, then by name; a direct connection before one through a proxy. The checks arrive as they finish. */
function byEndpoint({ endpoint: a }: Check, { endpoint: b }: Check): number {
  if (a === undefined || b === undefined) return 0;
  const uses = USES.indexOf(a.use) - USES.indexOf(b.use);
  if (uses !== 0) return uses;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return Number(a.from !== 'direct') - Number(b.from !== 'direct');
}

function rowOf({ status, id, endpoint }: Check, mark: string, showsAddress: boolean): Row {
  const { name = '', address, port = 0, from = '', elapsedUs, thumbprint = '', answer = '' } = endpoint ?? {};
  return {
    mark,
    endpoint: showsAddress && address !== undefined ? hostAndPort({ host: address, port }) : shortName(name),
    cells: [
      from === 'direct' ? 'direct' : 'proxy',
      elapsedUs === undefined ? '' : ms(elapsedUs),
      thumbprint.slice(0, THUMBPRINT_CHARS),
    ],
    last: status === 'ok' ? answer : id,
    isSkipped: status === 'skipped',
  };
}

/** Without the path, which is the same for most. */
function shortName(name: string): string {
  return name.replace(/^https:\/\/(.*)\/api$/, 'https://$1').replace(/\/OctopusComms$/, '');
}
