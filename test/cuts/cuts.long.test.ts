import { afterAll, describe, expect, test } from 'vitest';
import { DIRECTIONS, KINDS } from './cut.js';
import { listeningConversations } from './listening.js';
import { pollingConversation } from './polling.js';
import {
  boundariesOf,
  type CutResult,
  cutsOf,
  observeConversation,
  positionsOf,
  runCuts,
  type Subject,
} from './run-cuts.js';
import { tableOf, violationLines } from './table.js';
import { TLS_VERSIONS } from './trial.js';

/** `npm run cuts` cuts at every n-th byte; without it, around the first byte of each part, and at some others. */
const EVERY = process.env['CUTS_EVERY'];

/** The other positions: of the time, or those of a run that is repeated. */
const SEED = Number(process.env['CUTS_SEED'] ?? Date.now() % 1_000_000);

/** Bytes before and after the first byte of each part; fewer where a conversation begins as another one does. */
const AROUND = { whole: 2, rest: 1 };

/** Other positions of each conversation and TLS version. */
const SAMPLE = 20;

const conversations = [...(await listeningConversations()), await pollingConversation()];
const results: CutResult[] = [];

function boundedShare(subject: Subject): ReturnType<typeof cutsOf> {
  const random = randomFrom(SEED);
  const around = subject.conversation.fromFirstCall ? AROUND.rest : AROUND.whole;
  const all = cutsOf(subject, (direction) => positionsOf(subject, direction));
  const sample = Array.from({ length: SAMPLE }, () => all[Math.floor(random() * all.length)]);
  return [
    ...cutsOf(subject, (direction) => boundariesOf(subject, direction, around)),
    ...sample.filter((one) => one !== undefined),
  ];
}

/** Mulberry32: a sequence of numbers from 0 to 1 that a seed determines. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

afterAll(async () => {
  for (const conversation of conversations) await conversation.stop();
  if (EVERY !== undefined) process.stdout.write(`\n${tableOf(results)}\n`);
});

describe.each(conversations)('$name', (conversation) => {
  test.each(TLS_VERSIONS)(
    `%s, cut at any byte, is reported truly by both ends (seed ${SEED})`,
    { timeout: 24 * 3_600_000 },
    async (tls) => {
      const subject = await observeConversation(conversation, tls);
      const cuts =
        EVERY === undefined
          ? boundedShare(subject)
          : cutsOf(subject, (direction) => positionsOf(subject, direction, Number(EVERY)));
      const before = results.length;
      const startedMs = performance.now();
      await runCuts(cuts, (result) => results.push(result));
      const own = results.slice(before);
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
      if (EVERY !== undefined)
        process.stdout.write(
          `${conversation.name}, ${tls}: ${own.length} cuts in ${seconds} s, ${own.filter(({ repeated }) => repeated).length} of them repeated with more time\n`,
        );
      expect(violationLines(own)).toEqual([]);
      // Every kind was tried in both directions, and cuts at different places have different failures.
      expect(new Set(own.map(({ cut }) => `${cut.kind} ${cut.direction}`)).size).toBe(KINDS.length * DIRECTIONS.length);
      expect(new Set(own.flatMap(({ ids }) => ids)).size).toBeGreaterThan(3);
    },
  );
});
