import type { KnownMessage, MessageFacts, MessageText } from './known-message.js';
import { describeForService, otherService } from './other-services.js';
import { describeForScript } from './script-text.js';
import { describeForWeb, isOfTheConnection } from './web-text.js';

/** Returns what a row says about a message; about any message, without facts. */
export function describeMessage({ id, means, causes, next }: KnownMessage, seen: MessageFacts = {}): MessageText {
  const meaning = typeof means === 'function' ? means(seen) : means;
  if (seen.origin?.carries === 'script' && !id.startsWith('script.')) return describeForScript(meaning, seen);
  const reasons = typeof causes === 'function' ? causes(seen) : causes;
  const service = otherService(id, seen);
  if (service !== undefined) return describeForService(service, { id, means: meaning, causes: reasons }, seen);
  if (seen.origin?.carries === 'rest' && isOfTheConnection(id)) return describeForWeb(meaning, reasons, seen);
  return { means: meaning, causes: reasons, next: next(seen) };
}
