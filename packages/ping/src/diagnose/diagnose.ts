import type { Identity } from 'tentacle-protocol';
import { lossWarnings } from '../report/warnings.js';
import { type Plan, plainPlan } from '../plan.js';
import type { Diagnosis, TakenStep } from './diagnosis.js';
import { Inquiry } from './inquiry.js';
import { tcp } from './steps/addresses.js';
import { certificate, sni } from './steps/certificate.js';
import { conversation } from './steps/conversation.js';
import { name } from './steps/name.js';
import { page } from './steps/page.js';
import { directly, proxy } from './steps/proxy.js';
import { proxyProtocol } from './steps/proxy-protocol.js';
import { repeat } from './steps/repeat.js';
import { localSide, settings } from './steps/settings.js';
import { settleTrust } from './settle-trust.js';
import { tls } from './steps/tls.js';
import { tlsOffers } from './steps/tls-offers.js';
import { tracesOf } from './traces.js';
import { unknownOf, verdictOf } from './verdict.js';

/**
 * The troubleshooting guide as one run: every step that can tell something is taken, in the order of the path, and none
 * changes the peer. Stopped in the middle, it concludes from what it has.
 */
export async function diagnose(
  plan: Plan,
  identity: Identity,
  version: string,
  onStep: (step: TakenStep) => void,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const inquiry = new Inquiry(plan, identity, signal, onStep);
  const startedAt = new Date().toISOString();
  await inquiry.step('settings', () => settings(inquiry));
  await inquiry.step('local', localSide);
  await inquiry.step('name', async () => name(inquiry));
  await tcp(inquiry);
  await inquiry.step('proxy', async () => proxy(inquiry));
  await tls(inquiry);
  await proxyProtocol(inquiry);
  await inquiry.step('tls-offers', async () => tlsOffers(inquiry));
  await inquiry.step('sni', async () => sni(inquiry));
  await inquiry.step('certificate', () => certificate(inquiry));
  if (inquiry.goesThroughProxy) await inquiry.step('direct', async () => directly(inquiry));
  await inquiry.step('page', async () => page(inquiry));
  await conversation(inquiry);
  await inquiry.step('repeat', async () => repeat(inquiry));
  settleTrust(inquiry);
  for (const warning of lossWarnings(inquiry.times)) inquiry.warnAs(warning);
  const verdict = verdictOf(inquiry);
  return {
    schema: 'tentacle-ping/diagnosis/1',
    tool: { name: 'tentacle-ping', version },
    target: { host: plan.host, port: plan.port },
    plan: plainPlan(plan),
    startedAt,
    endedAt: new Date().toISOString(),
    verdict,
    steps: inquiry.steps,
    warnings: inquiry.warnings,
    unknown: unknownOf(inquiry, verdict),
    traces: tracesOf(inquiry),
  };
}
