import { fetchText } from './scrapes.js';

/** The values of a program's own `/metrics`, by their name with labels as the text has it. */
export async function ownMetrics(port: number): Promise<ReadonlyMap<string, number>> {
  const text = await fetchText({ port, path: '/metrics' });
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))] as const;
      }),
  );
}

/** The sum of a metric over all its labels. */
export function sumOf(metrics: ReadonlyMap<string, number>, name: string): number {
  return [...metrics].reduce((sum, [key, value]) => (key.replace(/\{.*/, '') === name ? sum + value : sum), 0);
}
