import { callWords } from './polling-words/calls.js';
import { trustWords } from './polling-words/trust.js';
import type { WordsFor } from './polling-words/words.js';

// These rows take their words from the ends.
const { 'trust.intercepted': _intercepted, 'identity.http': _http, ...remaining } = trustWords;

/** Separate texts for polling, of rows that do not take them from the ends yet. */
export const pollingWords: WordsFor = { ...remaining, ...callWords };
