import { tlsWords } from './polling-words/tls.js';
import { trustWords } from './polling-words/trust.js';
import { wayWords } from './polling-words/way.js';
import type { WordsFor } from './polling-words/words.js';

/**
 * The same failures where a Tentacle polls: what a row says of a Tentacle that listens would send the reader to the
 * wrong machine. A test finds rows that need words of their own and have none.
 */
export const pollingWords: WordsFor = { ...wayWords, ...tlsWords, ...trustWords };
