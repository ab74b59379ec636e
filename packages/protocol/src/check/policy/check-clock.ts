import type { Check } from '../../diagnostics/checks/check.js';
import { policyFindings } from '../../diagnostics/checks/policy.js';
import { nowUs } from '../../time/clock.js';
import type { CheckContext } from '../check-context.js';
import { connectEndpoint } from '../endpoints/connection.js';
import type { Endpoint } from '../endpoints/endpoint.js';
import { requestPage } from '../endpoints/request-page.js';

/** From this difference on, log files cannot be matched by time, and synchronization is broken. */
const DIFFERENCE_MAX_S = 60;

/** Compares this host's clock with that of the portal, by the header Date of its response. */
export async function checkClock(context: CheckContext): Promise<Check> {
  const { options, inputs, signal } = context;
  const { clock, clockDiffers, clockUnknown } = policyFindings;
  const portal = options.servers.find(({ use }) => use === 'portal');
  if (portal === undefined) return clockUnknown.check({ why: 'no-server' });
  const proxy = inputs.proxyFor(portal);
  const measured = await measureOffset({ ...portal, expected: [], ...(proxy === undefined ? {} : { proxy }) }, signal);
  if (typeof measured === 'string') return clockUnknown.check({ why: measured });
  const { offsetS, accuracyS } = measured;
  const facts = { host: portal.host, offset: offsetS.toFixed(1), accuracy: accuracyS.toFixed(1) };
  // Beyond doubt only: by more than the measurement may be wrong.
  const isOff = Math.abs(offsetS) - accuracyS > DIFFERENCE_MAX_S;
  return (isOff ? clockDiffers : clock).check(facts, ['by the header Date of its response']);
}

/** A measured difference, positive where this host is ahead. */
interface Offset {
  readonly offsetS: number;
  readonly accuracyS: number;
}

async function measureOffset(endpoint: Endpoint, signal: AbortSignal): Promise<Offset | 'no-connection' | 'no-date'> {
  const { host, port, path, proxy } = endpoint;
  const connection = await connectEndpoint({ endpoint, proxy, signal });
  if (!connection.ok) return 'no-connection';
  const startedUs = nowUs();
  const page = await requestPage(connection.channel, { host, port, path: `${path}/api` }, signal);
  const roundTripS = (nowUs() - startedUs) / 1_000_000;
  const receivedS = Date.now() / 1000;
  connection.channel.close();
  const date = Date.parse(page.http?.headers['date'] ?? '');
  return Number.isNaN(date) ? 'no-date' : clockOffset(date / 1000, receivedS, roundTripS);
}

/**
 * The difference of the clocks. The header has whole seconds, cut off: the server's clock was between it and a second
 * later, at a moment between the request and the response.
 */
export function clockOffset(headerS: number, receivedS: number, roundTripS: number): Offset {
  return { offsetS: receivedS - roundTripS / 2 - (headerS + 0.5), accuracyS: 0.5 + roundTripS / 2 };
}
