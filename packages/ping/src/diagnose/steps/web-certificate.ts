import { isIP } from 'node:net';
import { omitUndefined } from 'tentacle-protocol/cli';
import {
  failureDefinition,
  failureOf,
  isWebPage,
  judgeWebCertificate,
  type Observation,
  readTrustStore,
  type TrustStore,
  webCertificateCode,
  type WebCertificateFault,
  type WebCertificateJudgment,
} from 'tentacle-protocol/diagnostics';
import type { DiagnosisContext, ProbeResult, StepResult } from '../diagnosis-context.js';
import { newTrace, probeConnection } from '../probe-connection.js';

/** Pages of listeners that web clients do not use. */
const HALIBUT_LISTENERS: readonly unknown[] = ['tentacle', 'octopus-server', 'pong', 'ping', 'halibut', 'legacy-pong'];

/** The port of web servers. */
const HTTPS_PORT = 443;

/**
 * Judges the certificate of a web server as a web client on this machine does, one step for each fault: Octopus's REST API
 * is called by such clients. Halibut compares thumbprints, so its listeners are left out.
 */
export async function checkWebCertificate(context: DiagnosisContext, store?: TrustStore): Promise<void> {
  if (!isForWebClients(context)) return;
  // It compares the certificate with a Tentacle's; the warnings about dates and strength are faults here.
  for (const id of ['trust.issued-certificate', 'cert.expired', 'clock.skew', 'cert.weak-key', 'cert.sha1'] as const)
    context.dropWarning(id);
  let faults: readonly Finding[] = [];
  await context.step('web-certificate', async () => {
    const judged = await judge(context, store);
    if (judged === undefined) return { status: 'unknown', title: 'the server presented no certificate' };
    const [first, ...rest] = judged.faults.map((fault) => ({ fault, judgment: judged }));
    faults = rest;
    return first === undefined ? acceptedResult(judged) : rejectedResult(context, first);
  });
  for (const finding of faults) await context.step('web-certificate', () => rejectedResult(context, finding));
}

/** A fault, with the judgment that it is part of. */
interface Finding {
  readonly fault: WebCertificateFault;
  readonly judgment: WebCertificateJudgment;
}

/** Whether web clients are to use this port: by its page, or where no page is known, by its number or its certificate. */
function isForWebClients({ page, tls, options }: DiagnosisContext): boolean {
  if (tls === undefined || HALIBUT_LISTENERS.includes(page?.author)) return false;
  return isWebPage(page?.author) || options.port === HTTPS_PORT || tls.certificate?.selfSigned === false;
}

async function judge(context: DiagnosisContext, store?: TrustStore): Promise<WebCertificateJudgment | undefined> {
  const { address, options } = context;
  if (address === undefined) return undefined;
  const probe: ProbeResult = await probeConnection(context, { address, acceptAnyCertificate: true, keepChain: true });
  if (!probe.ok) return undefined;
  probe.channel.close();
  const chain = probe.trace.facts.peerChain ?? [];
  if (chain.length === 0) return undefined;
  const requestedName =
    options.serverName === undefined || options.serverName === '' ? options.host : options.serverName;
  return judgeWebCertificate({ chain, requestedName, store: store ?? readTrustStore(), now: new Date() });
}

function evidenceOf({ chain, ...judgment }: WebCertificateJudgment): Required<StepResult>['evidence'] {
  const certificates = chain.map(({ thumbprint, subject, issuer, notBefore, notAfter }) => ({
    thumbprint,
    subject,
    issuer,
    notBefore,
    notAfter,
  }));
  return {
    ...omitUndefined({ issuerUrl: judgment.issuerUrl }),
    requestedName: judgment.requestedName,
    names: [...judgment.names],
    issuer: judgment.issuer,
    store: judgment.store,
    now: judgment.now,
    faults: judgment.faults.map(({ kind }) => kind),
    chain: certificates,
  };
}

function acceptedResult(judgment: WebCertificateJudgment): StepResult {
  const { requestedName, chain, store } = judgment;
  const [leaf] = chain;
  const kind = isIP(requestedName) === 0 ? 'name' : 'address';
  return {
    status: 'ok',
    title: `a web client accepts it until ${leaf?.notAfter ?? ''}`,
    details: [`It is for the ${kind} ${requestedName}, issued by ${chain.at(-1)?.subject ?? ''} (in ${store}).`],
    evidence: evidenceOf(judgment),
  };
}

function rejectedResult(context: DiagnosisContext, { fault, judgment }: Finding): StepResult {
  const { facts } = newTrace(context);
  const { address, tls } = context;
  const observation: Observation = {
    signature: {
      shownAt: 'trust',
      code: webCertificateCode(fault),
      elapsedUs: 0,
      received: Buffer.alloc(0),
      receivedBytes: 0,
    },
    facts: { ...facts, ...omitUndefined({ address, peerCertificate: tls?.certificate }), webCertificate: judgment },
  };
  const { title } = failureDefinition(failureOf(observation).id);
  return { status: 'problem', title, evidence: evidenceOf(judgment), observation };
}
