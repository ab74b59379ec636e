import { proxyAnswerRows } from './proxy-answer.js';
import { proxyLegRows } from './proxy-leg.js';
import { proxyRefusalRows } from './proxy-refusal.js';
import { proxySilenceRows } from './proxy-silence.js';
import { proxyTargetRows } from './proxy-target.js';

/**
 * Every way in which a proxy fails: not reached, refusing, failing behind, not being one, saying nothing. Those that
 * show at other stages ask for `facts.proxy`, so that without a proxy they are never met.
 */
export const proxyRows = [
  ...proxyLegRows,
  ...proxyRefusalRows,
  ...proxyTargetRows,
  ...proxyAnswerRows,
  ...proxySilenceRows,
];
