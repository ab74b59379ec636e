import type { Scenario } from '../scenario.js';
import { dnsScenarios } from './dns.js';
import { tcpScenarios } from './tcp.js';

/** Every scenario of the lab, in the order of the list of faults. */
export const scenarios: readonly Scenario[] = [...dnsScenarios, ...tcpScenarios];
