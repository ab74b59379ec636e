import type { Scenario } from '../scenario.js';

/** Every scenario of the lab, in the order of the list of faults. */
export const scenarios: readonly Scenario[] = [];
