import { proxyResponseFailures } from './response.js';
import { proxyConnectFailures } from './connect.js';
import { proxyRejectedFailures } from './rejected.js';
import { proxyNoResponseFailures } from './no-response.js';
import { proxyTargetFailures } from './target.js';

/**
 * All failures of a proxy: not reached, refusing, failing to reach the target, not being a proxy, not responding. Rows
 * that appear at other stages require `facts.proxy`, so without a proxy they never match.
 */
export const proxyFailures = [
  ...proxyConnectFailures,
  ...proxyRejectedFailures,
  ...proxyTargetFailures,
  ...proxyResponseFailures,
  ...proxyNoResponseFailures,
];
