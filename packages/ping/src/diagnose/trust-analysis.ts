import type { CertificateFacts } from 'tentacle-protocol';
import { isOctopusCertificate, isWebPage } from 'tentacle-protocol/diagnostics';
import type { DiagnosisContext } from './diagnosis-context.js';

/** Page authors that prove a Halibut listener behind the TLS session. */
const HALIBUT_LISTENERS: readonly unknown[] = ['tentacle', 'pong', 'halibut', 'octopus-server'];

/** Failures whose causes other steps of the run can tell apart. */
const UNEXPECTED_THUMBPRINT = 'trust.unexpected-thumbprint';
const CLOSED_AFTER_IDENTITY = 'trust.closed-after-identity';
const INTERCEPTED = 'trust.intercepted';

/**
 * Analyzes where TLS is terminated: combines the steps' results to separate the causes of a rejected or unexpected
 * certificate. It states what they show and nothing beyond.
 */
export function analyzeTrust(context: DiagnosisContext): void {
  analyzeTermination(context);
  // A connection that showed the expected certificate proves more than what is inferred from the other one.
  if (context.expectedSeen !== undefined) context.confirmedCauses.set(UNEXPECTED_THUMBPRINT, context.expectedSeen);
}

function analyzeTermination(context: DiagnosisContext): void {
  const { tls, page, arrivedThumbprint, identity, options } = context;
  if (tls === undefined) return;
  if (arrivedThumbprint !== undefined) {
    confirmFromPongPage(context, arrivedThumbprint);
    return;
  }
  if (page !== undefined && isWebPage(page.author)) {
    const request = tls.clientCertificateRequested === false ? ` ${NOT_REQUESTED}` : '';
    context.remainingCauses.set('identity.http', {
      explanation: `A browser's request returned HTTP ${page.status} "${page.text}".${request}`,
    });
  }
  const isListener = HALIBUT_LISTENERS.includes(page?.author);
  if (tls.clientCertificateRequested === false) {
    analyzeMissingRequest(context, isListener);
    return;
  }
  const findings = [
    ...(tls.clientCertificateRequested === true ? ['The peer requests a client certificate, as a Tentacle does.'] : []),
    describeOrigin(tls.certificate),
    ...(isListener ? [`Its page is "${page?.text ?? ''}".`] : []),
    ...(tls.certificate !== undefined && tls.certificate.thumbprint === options.thumbprint
      ? ['Its thumbprint is the expected one.']
      : []),
  ].join(' ');
  context.remainingCauses.set(CLOSED_AFTER_IDENTITY, {
    explanation: `${findings} Only its log shows whether your thumbprint ${identity.thumbprint} arrived.`,
  });
  context.remainingCauses.set(UNEXPECTED_THUMBPRINT, { explanation: findings });
}

/** What the certificate shows about the program that created it. */
function describeOrigin(certificate: CertificateFacts | undefined): string {
  if (certificate?.selfSigned !== true)
    return 'Its certificate is not self-signed: an administrator assigned it to the Tentacle, or a device in between presents its own.';
  return isOctopusCertificate(certificate)
    ? `Its certificate is self-signed, as Octopus creates them (${certificate.subject}).`
    : "Its certificate is self-signed, but not with the name of Octopus's own (CN=Octopus Tentacle).";
}

const NOT_REQUESTED = 'The peer does not request a client certificate; a Tentacle does.';

/** The peer requested no client certificate: TLS is terminated by something other than a Tentacle. */
function analyzeMissingRequest(context: DiagnosisContext, isListener: boolean): void {
  const { confirmedCauses, remainingCauses, tls, page, options } = context;
  // False where a listener that is not Halibut's copies its page: no such program is known.
  if (isListener) {
    const author = page?.author === 'tentacle' ? 'a Tentacle' : 'a Halibut listener';
    const cause = `The page of ${author} ("${page?.text ?? ''}") is served behind it, so a device in between terminates TLS.`;
    confirmedCauses.set(INTERCEPTED, cause);
  } else if (tls?.certificate !== undefined && tls.certificate.thumbprint === options.thumbprint) {
    remainingCauses.set(INTERCEPTED, {
      explanation: 'The certificate is the expected one, but the peer does not behave like a Tentacle.',
      left: {
        causes: [
          'a device in between terminates TLS with a copy of the certificate and its key',
          "another service uses the Tentacle's certificate and listens on that port",
        ],
        test: "On the Tentacle's host, check which process listens on the port. If it is the Tentacle, a device in between terminates TLS.",
      },
    });
  } else {
    remainingCauses.set(UNEXPECTED_THUMBPRINT, {
      explanation: `${NOT_REQUESTED} TLS is terminated by something other than a Tentacle.`,
      left: {
        causes: [
          'a device in between terminates TLS in front of the Tentacle',
          'another TLS service listens on that port',
          'a router that reads the TLS server name (SNI) sends this name, or TLS without a name, to another service',
        ],
        test: "Run the diagnosis again with --servername and the name under which a router knows the Tentacle. The expected certificate means that the router chose the wrong service. Otherwise run it on the Tentacle's own machine against localhost. The expected certificate there means that a device in between terminates TLS, or that the address belongs to another machine.",
      },
    });
  }
}

/**
 * A pong's page names the client certificate that reached it, which confirms the cause. False where a load balancer led the
 * request for the page to another machine: the step that compares the addresses and repeats the connection shows that.
 */
function confirmFromPongPage({ confirmedCauses, identity, tls }: DiagnosisContext, arrived: string | null): void {
  if (arrived === identity.thumbprint) return;
  const received = arrived === null ? 'no client certificate' : `the client certificate ${arrived} instead of yours`;
  const issued =
    tls?.certificate?.selfSigned === false ? `, with a certificate issued by ${tls.certificate.issuer}` : '';
  const cause = `The page of tentacle-pong shows that it received ${received}: a device in between terminates and re-encrypts TLS${issued}.`;
  for (const id of [CLOSED_AFTER_IDENTITY, INTERCEPTED]) confirmedCauses.set(id, cause);
}
