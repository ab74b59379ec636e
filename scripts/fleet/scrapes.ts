import { request, type Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** One scrape of `/probe`, as Prometheus sees it. */
export interface Scrape {
  readonly durationMs: number;
  /** `missed`: no answer within the time-out, or none with metrics. */
  readonly result: 'success' | 'failure' | 'missed';
}

/** What to scrape. */
export interface ScrapePlan {
  readonly port: number;
  readonly targets: readonly string[];
  readonly intervalMs: number;
  readonly rounds: number;
  readonly agent: Agent;
}

/** Prometheus' default. */
const SCRAPE_TIMEOUT_MS = 10_000;

/** Scrapes each target once in each round, at a fixed place in it: Prometheus spreads its scrapes over the interval too. */
export async function scrapeAll(plan: ScrapePlan, onScrape: (scrape: Scrape) => void): Promise<void> {
  const { targets, intervalMs, rounds } = plan;
  const startedMs = performance.now();
  const running: Promise<void>[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [index, target] of targets.entries()) {
      const dueMs = startedMs + (round + index / targets.length) * intervalMs;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await pause(waitMs);
      running.push(scrape(plan, target).then(onScrape));
    }
    await Promise.all(running.splice(0));
  }
}

async function scrape({ port, agent }: ScrapePlan, target: string): Promise<Scrape> {
  const startedMs = performance.now();
  const headers = { 'X-Prometheus-Scrape-Timeout-Seconds': String(SCRAPE_TIMEOUT_MS / 1000) };
  const text = await fetchText({ port, agent, path: `/probe?target=${target}`, headers }).catch(() => '');
  const success = /^tentacle_probe_success ([01])$/m.exec(text)?.[1];
  const durationMs = performance.now() - startedMs;
  if (success === undefined) return { durationMs, result: 'missed' };
  return { durationMs, result: success === '1' ? 'success' : 'failure' };
}

/** The body of an answer with status 200. */
export async function fetchText(options: {
  readonly port: number;
  readonly path: string;
  readonly agent?: Agent;
  readonly headers?: Record<string, string>;
  readonly timeout?: number;
}): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', timeout: SCRAPE_TIMEOUT_MS, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))));
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('timed out')));
    sent.on('error', reject);
    sent.end();
  });
}
