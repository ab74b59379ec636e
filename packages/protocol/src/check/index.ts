/** Checks of the host that a program runs on, and of the endpoints that it needs. */

export { checkPage } from './check-page.js';
export { checkHost } from './check-host.js';
export type { BundleFile, CheckTarget, CheckTargets } from './check-context.js';
export type { CheckReport, CheckVerdict } from './check-report.js';
