import {
  maskUnsafeLines,
  omitUndefined,
  parseTarget,
  type Screen,
  UsageError,
  withoutStyles,
} from 'tentacle-protocol/cli';
import type { WebAnswer, WebRequest } from 'tentacle-protocol/web';
import { terminalReport } from '../output/terminal-report.js';
import type { Exporter } from './exporter.js';
import { historyPage, pollingServerPage, probePage } from './history-page.js';
import type { KeptProbe } from './probe-history.js';
import type { Rejection } from './probe-turns.js';
import { probeLimitUs, SCRAPE_TIMEOUT_HEADER } from './scrape-timeout.js';

const TEXT = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';
const YAML = 'application/yaml; charset=utf-8';

/** A report in a browser: as wide as a terminal, without colors. */
const DEBUG_SCREEN: Screen = { width: 120, unicode: true };

type Handler = (exporter: Exporter, request: WebRequest, url: URL) => WebAnswer | Promise<WebAnswer>;

const READ = ['GET', 'HEAD'] as const;

/** What each path answers, and to which methods. A change needs a method that no link of another site can use. */
const ROUTES: Readonly<Record<string, readonly [methods: readonly string[], handler: Handler]>> = {
  '/': [READ, answerHistory],
  '/probe': [READ, answerProbe],
  '/metrics': [
    READ,
    async ({ metrics, polling }) => ok(await metrics.text(polling?.metrics.registry), metrics.contentType),
  ],
  '/config': [READ, ({ shownConfig }) => ok(`${JSON.stringify(shownConfig, undefined, 2)}\n`, YAML)],
  '/polling': [READ, answerPolling],
  '/-/healthy': [READ, () => ok('tentacle-ping is healthy\n')],
  '/-/ready': [
    READ,
    ({ isReady }) => (isReady ? ok('tentacle-ping is ready\n') : plain(503, 'tentacle-ping is stopping')),
  ],
  '/-/reload': [['POST', 'PUT'], reload],
};

/** A report of a recent probe. */
const PROBE_PATH = /^\/probes\/(\d{1,15})$/;

export async function answer(exporter: Exporter, request: WebRequest): Promise<WebAnswer> {
  const url = urlOf(request.url);
  if (url === undefined) return plain(400, 'the request has no valid path');
  const [methods, handler] = routeOf(url.pathname);
  if (handler === undefined) return plain(404, 'this path does not exist; see /');
  if (!methods.includes(request.method))
    return { ...plain(405, `use ${methods.join(' or ')}`), allow: methods.join(', ') };
  return handler(exporter, request, url);
}

function routeOf(path: string): readonly [readonly string[], Handler | undefined] {
  if (PROBE_PATH.test(path)) return [READ, answerReport];
  return Object.hasOwn(ROUTES, path) ? (ROUTES[path] ?? [[], undefined]) : [[], undefined];
}

/** Only the path and its parameters; the host is what the client pleases to write. */
function urlOf(text: string): URL | undefined {
  return text.startsWith('/') && URL.canParse(`http://localhost${text}`)
    ? new URL(`http://localhost${text}`)
    : undefined;
}

function answerPolling(exporter: Exporter): WebAnswer {
  return exporter.polling === undefined
    ? plain(404, 'polling is not configured; see /config')
    : ok(pollingServerPage(exporter.polling.report, exporter), HTML);
}

/** With a target, its probes only; of polling Tentacles no probes are kept, but what is known of all of them. */
function answerHistory(exporter: Exporter, _: WebRequest, { searchParams }: URL): WebAnswer {
  const written = searchParams.get('target');
  const module = searchParams.get('module') ?? undefined;
  if (written === null) return ok(historyPage(exporter), HTML);
  if (written.startsWith('poll:')) return answerPolling(exporter);
  try {
    return ok(historyPage(exporter, omitUndefined({ target: parseTarget(written), module })), HTML);
  } catch (error) {
    if (error instanceof UsageError) return plain(400, error.message);
    throw error;
  }
}

async function answerProbe(
  exporter: Exporter,
  { headers, gone }: WebRequest,
  { searchParams }: URL,
): Promise<WebAnswer> {
  const [target, ...more] = searchParams.getAll('target');
  if (target === undefined || target === '' || more.length > 0)
    return plain(400, 'use one parameter target, as in /probe?target=web01:10933');
  const header = headers[SCRAPE_TIMEOUT_HEADER];
  const limitUs = probeLimitUs(typeof header === 'string' ? header : undefined);
  if (limitUs === undefined)
    return plain(400, 'the header X-Prometheus-Scrape-Timeout-Seconds is not a number of seconds');
  const module = searchParams.get('module') ?? undefined;
  const result = await exporter.probe({ target, module, limitUs, gone });
  switch (result.kind) {
    case 'invalid':
      return plain(400, result.reason);
    case 'rejected':
      return plain(503, REJECTIONS[result.reason]);
    case 'gone':
      return plain(503, 'the client has gone');
    case 'polled':
      return ok(result.metrics, exporter.metrics.contentType);
    case 'probed':
      return searchParams.get('debug') === 'true'
        ? ok(debugText(result.probe, result.metrics))
        : ok(result.metrics, exporter.metrics.contentType);
  }
}

const REJECTIONS: Readonly<Record<Rejection, string>> = {
  'queue-full': 'too many probes wait; raise --max-probes or --max-waiting, or scrape less often',
  'too-late': 'the probe had no turn within half of the time for this scrape; raise --max-probes, or scrape less often',
  stopping: 'tentacle-ping is stopping',
};

/** The report as a terminal would show it, then the metrics. */
function debugText({ number, report }: KeptProbe, metrics: string): string {
  const text = terminalReport(report, DEBUG_SCREEN, { isVerbose: true });
  return `${maskUnsafeLines(withoutStyles(text))}\nReport: /probes/${number}\n\n${metrics}`;
}

function answerReport(exporter: Exporter, _: WebRequest, { pathname }: URL): WebAnswer {
  const probe = exporter.history.get(Number(PROBE_PATH.exec(pathname)?.[1]));
  return probe === undefined
    ? plain(404, 'this probe is not kept anymore; see /')
    : ok(probePage(probe, exporter), HTML);
}

async function reload(exporter: Exporter): Promise<WebAnswer> {
  const problem = await exporter.reload();
  return problem === undefined ? ok('reloaded\n') : plain(500, `not reloaded: ${problem}`);
}

function ok(body: string, type = TEXT): WebAnswer {
  return { status: 200, type, body };
}

/** One line, which may quote a request. */
function plain(status: number, line: string): WebAnswer {
  return { status, type: TEXT, body: `${maskUnsafeLines(line)}\n` };
}
