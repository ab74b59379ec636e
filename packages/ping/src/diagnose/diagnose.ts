import { lossWarnings } from '../report/warnings.js';
import { reportedOptions } from '../options/run-options.js';
import type { DiagnosisReport } from './diagnosis-report.js';
import { DiagnosisContext, type DiagnosisSettings } from './diagnosis-context.js';
import { testAddresses } from './steps/addresses.js';
import { checkCertificate, compareServerNames } from './steps/certificate.js';
import { testHalibutSession } from './steps/halibut-session.js';
import { resolveHostName } from './steps/host-name.js';
import { checkPage } from './steps/page.js';
import { compareDirectConnection, testProxy } from './steps/proxy.js';
import { testProxyProtocol } from './steps/proxy-protocol.js';
import { repeatHandshake } from './steps/repeat.js';
import { describeSettings, describeThisMachine } from './steps/settings.js';
import { analyzeTrust } from './trust-analysis.js';
import { testHandshakes } from './steps/tls.js';
import { testTlsOptions } from './steps/tls-options.js';
import { checkWebCertificate } from './steps/web-certificate.js';
import { listPeerLogLines } from './peer-log-lines.js';
import { buildVerdict, listOtherFindings, listUnknowns } from './build-verdict.js';

/** What to diagnose. */
export interface DiagnoseOptions extends DiagnosisSettings {
  /** The version of tentacle-ping, for the report. */
  readonly version: string;
}

/**
 * Runs the troubleshooting guide: every applicable step, in the order of the path. No step changes the peer. If the run is
 * stopped, the verdict is based on the steps that finished.
 */
export async function diagnose({ version, ...settings }: DiagnoseOptions): Promise<DiagnosisReport> {
  const { options } = settings;
  const context = new DiagnosisContext(settings);
  const startedAt = new Date().toISOString();
  await context.step('settings', () => describeSettings(context));
  await context.step('local', describeThisMachine);
  await context.step('name', async () => resolveHostName(context));
  await testAddresses(context);
  await context.step('proxy', async () => testProxy(context));
  await testHandshakes(context);
  await testProxyProtocol(context);
  await context.step('tls-offers', async () => testTlsOptions(context));
  await context.step('sni', async () => compareServerNames(context));
  await context.step('certificate', () => checkCertificate(context));
  if (context.usesProxy) await context.step('direct', async () => compareDirectConnection(context));
  await context.step('page', async () => checkPage(context));
  await checkWebCertificate(context);
  await testHalibutSession(context);
  await context.step('repeat', async () => repeatHandshake(context));
  await context.allClosed();
  analyzeTrust(context);
  for (const warning of lossWarnings(context.durations)) context.addWarning(warning);
  const verdict = buildVerdict(context);
  return {
    schema: 'tentacle-ping/diagnosis/1',
    tool: { name: 'tentacle-ping', version },
    target: { host: options.host, port: options.port },
    plan: reportedOptions(options),
    startedAt,
    endedAt: new Date().toISOString(),
    verdict,
    otherFindings: listOtherFindings(context, verdict),
    steps: context.steps,
    warnings: context.warnings,
    unknown: listUnknowns(context, verdict),
    traces: listPeerLogLines(context),
  };
}
