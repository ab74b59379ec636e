import { classify } from '../../diagnostics/classify.js';
import { observe } from '../../diagnostics/observe.js';
import { identifyPage, type PageSource } from '../../http/landing-page.js';
import { connectorContext } from '../../net/connector-context.js';
import { openTlsConnection } from '../../net/connect.js';
import { DEFAULT_MIN_TLS_VERSION, tlsVersionOptions } from '../../net/tls-versions.js';
import { singleLine } from '../../text/sanitize.js';
import { formatDuration } from '../../text/units.js';
import { Deadline, nowUs } from '../../time/clock.js';
import { ConnectionTrace } from '../../trace.js';
import type { CertificateFacts } from '../../identity/certificate.js';
import { withPort } from '../../host/addresses.js';

/** What answered at one address of this host. */
export interface LocalAnswer {
  readonly address: string;
  readonly elapsedUs: number;
  /** Absent where TLS did not complete. */
  readonly certificate?: CertificateFacts;
  /** What its page is from; absent where it sent none. */
  readonly author?: PageSource;
  /** The failure's id, where TLS did not complete. */
  readonly failure?: string;
  /** One line of evidence. */
  readonly line: string;
}

/** On the host itself, an answer takes milliseconds; a busy Tentacle takes seconds for a handshake. */
const ANSWER_MS = 4000;

/** A page is a few hundred bytes. */
const PAGE_MAX_BYTES = 64 * 1024;

/** Fetches the page at an address of this host as a browser would, without a client certificate. */
export async function fetchLocalPage(address: string, port: number, signal: AbortSignal): Promise<LocalAnswer> {
  const deadline = Deadline.inMs(ANSWER_MS);
  const startedUs = nowUs();
  const trace = new ConnectionTrace({ host: address, port, timeoutUs: ANSWER_MS * 1000 });
  const secureContext = connectorContext(tlsVersionOptions(DEFAULT_MIN_TLS_VERSION));
  const target = { host: address, port, address, secureContext, captureFirstBytes: true };
  try {
    const channel = await openTlsConnection(target, trace, deadline, signal);
    const page = async (): Promise<Uint8Array> => {
      await channel.write(Buffer.from(`GET / HTTP/1.1\r\nHost: ${withPort(address, port)}\r\n\r\n`), deadline);
      return channel.source.collect({ purpose: 'the page', deadline }, PAGE_MAX_BYTES);
    };
    const bytes = await page().catch(() => undefined);
    channel.close();
    const { author, http } = identifyPage(bytes ?? Buffer.alloc(0));
    const elapsedUs = nowUs() - startedUs;
    const certificate = trace.facts.peerCertificate;
    const said = http === undefined ? 'no page' : `${author}: ${singleLine(http.title ?? http.text, 80)}`;
    return {
      address,
      elapsedUs,
      ...(certificate === undefined ? {} : { certificate }),
      ...(http === undefined ? {} : { author }),
      line: `${address}: ${certificate?.thumbprint ?? 'no certificate'}, ${said} (${formatDuration(elapsedUs)})`,
    };
  } catch (error) {
    const elapsedUs = nowUs() - startedUs;
    const { id, title } = classify(observe(error, trace));
    return { address, elapsedUs, failure: id, line: `${address}: ${title} (${id}, ${formatDuration(elapsedUs)})` };
  }
}
