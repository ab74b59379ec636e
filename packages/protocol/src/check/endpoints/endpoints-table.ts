import type { Check, CheckStatus, TestedEndpoint } from '../../diagnostics/checks/check.js';
import { ms } from '../../text/units.js';
import { hostAndPort } from '../../diagnostics/wording.js';

/** Enough of a thumbprint to compare it; reports have all of it. */
const THUMBPRINT_CHARS = 8;

const HEAD = ['result', 'endpoint', 'from', 'ms', 'cert', 'id'];

/** Columns that are aligned right. */
const TIME_COLUMN = 3;

/**
 * The table of endpoints: result, endpoint, where the connection came from, time, thumbprint, and the id or the answer.
 * What does not fit beside the others is on a line of its own. Empty where no check is about an endpoint.
 */
export function endpointsTable(
  checks: readonly Check[],
  marks: Readonly<Record<CheckStatus, string>>,
  width: number,
): string {
  const tested = checks.filter(({ endpoint }) => endpoint !== undefined).sort(byEndpoint);
  if (tested.length === 0) return '';
  const severalAddresses = (check: Check): boolean =>
    tested.some(
      ({ endpoint }) =>
        endpoint?.name === check.endpoint?.name &&
        endpoint?.from === check.endpoint?.from &&
        endpoint?.address !== undefined &&
        check.endpoint?.address !== undefined &&
        endpoint.address !== check.endpoint.address,
    );
  const rows = tested.map((check) => [
    ...cellsOf(check, marks, severalAddresses(check)),
    check.status === 'ok' ? (check.endpoint?.answer ?? '') : check.id,
  ]);
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) => {
      const cells = row.slice(0, -1).map((cell, i) => {
        const size = widths[i] ?? 0;
        return i === TIME_COLUMN ? cell.padStart(size) : cell.padEnd(size);
      });
      const line = `  ${cells.join('  ')}`;
      const last = row.at(-1) ?? '';
      const fits = line.length + 2 + last.length <= width;
      return fits ? `${line}  ${last}`.trimEnd() : `${line.trimEnd()}\n${' '.repeat((widths[0] ?? 0) + 4)}${last}`;
    })
    .map((line) => `${line}\n`)
    .join('');
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

function cellsOf(
  { status, endpoint }: Check,
  marks: Readonly<Record<CheckStatus, string>>,
  showsAddress: boolean,
): string[] {
  const { name = '', address, port = 0, from = '', elapsedUs, thumbprint = '' } = endpoint ?? {};
  const place = showsAddress && address !== undefined ? hostAndPort({ host: address, port }) : shortName(name);
  return [
    marks[status].trimEnd(),
    place,
    from === 'direct' ? 'direct' : 'proxy',
    elapsedUs === undefined ? '' : ms(elapsedUs),
    thumbprint.slice(0, THUMBPRINT_CHARS),
  ];
}

/** Without the path, which is the same for most. */
function shortName(name: string): string {
  return name.replace(/^https:\/\/(.*)\/api$/, 'https://$1').replace(/\/OctopusComms$/, '');
}
