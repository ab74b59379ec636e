import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { filesBelow, ROOT } from '../project/source-files.js';

/** Series of Prometheus itself, and of node_exporter, that rules and panels use. */
const OF_OTHERS = ['up', 'scrape_duration_seconds', 'ALERTS', 'node_textfile_mtime_seconds'];

/** How a metric is defined in the sources: by its name as a text. */
const DEFINITION = /'(tentacle_[a-z0-9_]+)'/g;

/** Every name of a series that exists: those of both programs, of prom-client, and of others. */
export function existingMetrics(): Set<string> {
  const sources = ['packages/ping/src', 'packages/pong/src'].flatMap((folder) => filesBelow(folder, /(?<!\.test)\.ts$/));
  const texts = sources.map((path) => readFileSync(join(ROOT, path), 'utf8'));
  const own = texts.flatMap((text) => [...text.matchAll(DEFINITION)].map(([, name = '']) => name));
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const ofProcess = registry.getMetricsAsArray().map(({ name }) => name);
  const histograms = own.filter((name) => name.endsWith('_duration_seconds'));
  const ofHistograms = histograms.flatMap((name) => ['_bucket', '_count', '_sum'].map((ending) => name + ending));
  return new Set([...own, ...ofHistograms, ...ofProcess, ...OF_OTHERS]);
}

/** Names of series in an expression of PromQL: not functions, keywords, labels, values and durations. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const words = bare.match(/(?<![\w:.])[a-zA-Z_][\w:]*(?!\s*\(|[\w:])/g) ?? [];
  return words.filter((word) => !KEYWORDS.has(word));
}

const KEYWORDS = new Set(['and', 'or', 'unless', 'offset', 'bool', 'by', 'without']);
