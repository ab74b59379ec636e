import type { Scenario } from '../scenario.js';
import { dataScenarios } from './data.js';
import { dnsScenarios } from './dns.js';
import { tcpScenarios } from './tcp.js';
import { healthyScenarios, wayScenarios } from './way.js';
import { notTlsScenarios } from './not-tls.js';
import { proxyScenarios } from './proxy.js';
import { strangerScenarios } from './strangers.js';
import { nameRouterScenarios } from './name-routers.js';
import { tlsOfferScenarios } from './tls-offers.js';
import { tlsEndedScenarios } from './tls-ended.js';

/** Every scenario of the lab, in the order of the list of faults. */
export const scenarios: readonly Scenario[] = [
  ...dnsScenarios,
  ...tcpScenarios,
  ...wayScenarios,
  ...healthyScenarios,
  ...proxyScenarios,
  ...notTlsScenarios,
  ...tlsEndedScenarios,
  ...tlsOfferScenarios,
  ...nameRouterScenarios,
  ...strangerScenarios,
  ...dataScenarios,
];
