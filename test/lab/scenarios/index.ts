import type { Scenario } from '../scenario.js';
import { addressScenarios, healthyAddressScenarios } from './addresses.js';
import { changesDuringRunScenarios } from './changes-during-run.js';
import { dataScenarios } from './data.js';
import { dnsScenarios } from './dns.js';
import { tcpScenarios } from './tcp.js';
import { healthyScenarios, networkPathScenarios } from './network-path.js';
import { notTlsScenarios } from './not-tls.js';
import { pollingScenarios } from './polling.js';
import { proxyScenarios } from './proxy.js';
import { webCertificateScenarios } from './web-certificates.js';
import { wrongPeerScenarios } from './wrong-peer.js';
import { sniRouterScenarios } from './sni-routers.js';
import { tlsOptionScenarios } from './tls-options.js';
import { tlsInterceptionScenarios } from './tls-interception.js';

/** Every scenario of the lab in groups of a kind, in the order of the list of faults. */
export const scenarioGroups: readonly (readonly Scenario[])[] = [
  dnsScenarios,
  addressScenarios,
  tcpScenarios,
  changesDuringRunScenarios,
  networkPathScenarios,
  healthyScenarios,
  healthyAddressScenarios,
  proxyScenarios,
  notTlsScenarios,
  tlsInterceptionScenarios,
  tlsOptionScenarios,
  sniRouterScenarios,
  wrongPeerScenarios,
  webCertificateScenarios,
  dataScenarios,
  pollingScenarios,
];

export const scenarios: readonly Scenario[] = scenarioGroups.flat();
