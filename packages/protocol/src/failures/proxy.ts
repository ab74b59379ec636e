import { proxyAnswerRows } from './proxy-answer.js';
import { proxyLegRows } from './proxy-leg.js';
import { proxyRefusalRows } from './proxy-refusal.js';
import { proxySilenceRows } from './proxy-silence.js';
import { proxyTargetRows } from './proxy-target.js';

/**
 * All failures of a proxy: not reached, refusing, failing to reach the target, not being a proxy, not responding. Rows
 * that appear at other stages require `facts.proxy`, so without a proxy they never match.
 */
export const proxyRows = [
  ...proxyLegRows,
  ...proxyRefusalRows,
  ...proxyTargetRows,
  ...proxyAnswerRows,
  ...proxySilenceRows,
];
