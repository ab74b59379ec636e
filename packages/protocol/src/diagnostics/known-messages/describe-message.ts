import type { KnownMessage, MessageFacts, MessageText } from './known-message.js';
import { describeForScript } from './script-text.js';
import { describeForWeb, isOfTheConnection } from './web-text.js';

/** Returns what a row says about a message; about any message, without facts. */
export function describeMessage({ id, means, causes, next }: KnownMessage, seen: MessageFacts = {}): MessageText {
  const meaning = typeof means === 'function' ? means(seen) : means;
  if (seen.origin?.carries === 'script' && !id.startsWith('script.')) return describeForScript(meaning, seen);
  if (seen.origin?.carries === 'rest' && isOfTheConnection(id))
    return describeForWeb(meaning, typeof causes === 'function' ? causes(seen) : causes, seen);
  return {
    means: meaning,
    causes: typeof causes === 'function' ? causes(seen) : causes,
    next: next(seen),
  };
}
