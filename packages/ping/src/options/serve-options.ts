import { omitUndefined, parseAddress, type ParsedOptions, parseWhole, quote, UsageError } from 'tentacle-protocol/cli';

/** The options of `tentacle-ping serve`, checked. */
export interface ServeOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly bind: string;
  /** The file of modules and allowed targets. Absent: one module, and any target. */
  readonly config?: string;
  /** The file with TLS and users of the port. Absent: no TLS, and any client. */
  readonly webConfig?: string;
  readonly probesMax: number;
  readonly waitingMax: number;
}

/** Beside the ports of other Prometheus exporters, and close to the 10933 of what it probes. */
const DEFAULT_PORT = '9933';

/** A client of the port selects what this host connects to, so other hosts reach it only where that is requested. */
const DEFAULT_BIND = '127.0.0.1';

/** As many targets at a time as a run of many targets has. */
const DEFAULT_PROBES_MAX = '32';

/** Ten rounds of probes: with 100 ms for each, the last one waits for a second, a tenth of Prometheus' default time-out. */
const DEFAULT_WAITING_MAX = '320';

/** A process can open about a thousand sockets by default. */
const PROBES_MAX = 500;
const WAITING_MAX = 10_000;

/** The checked options. @throws UsageError */
export function parseServeOptions(positionals: readonly string[], parsed: ParsedOptions): ServeOptions {
  if (positionals.length > 0)
    throw new UsageError(
      `serve takes no host; leave out ${quote(positionals.join(' '))}, and let Prometheus request /probe?target=HOST:PORT`,
    );
  const whole = (option: string, otherwise: string, min: number, max: number): number =>
    parseWhole(parsed.value(option) ?? otherwise, `--${option}`, min, max);
  return Object.freeze({
    port: whole('port', DEFAULT_PORT, 0, 65_535),
    bind: parseAddress(parsed.value('bind') ?? DEFAULT_BIND, '--bind', 'an address such as 0.0.0.0'),
    ...omitUndefined({ config: parsed.value('config'), webConfig: parsed.value('web-config') }),
    probesMax: whole('max-probes', DEFAULT_PROBES_MAX, 1, PROBES_MAX),
    waitingMax: whole('max-waiting', DEFAULT_WAITING_MAX, 0, WAITING_MAX),
  });
}
