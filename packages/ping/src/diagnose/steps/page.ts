import { sight } from 'tentacle-protocol';
import { createTlsContext } from '../../session/tls-context.js';
import { fetchLandingPageAs } from '../../session/page-probe.js';
import type { PeerType } from '../../report/peer.js';
import { newTrace, unpinned } from '../contact.js';
import { type Finding, type Inquiry, skipped } from '../inquiry.js';

/**
 * The page that a listener shows to everybody, asked for without a client certificate, as a browser would, and whatever
 * certificate it has. A pong is asked a second time with ours, because its page says which one came.
 */
export async function page(inquiry: Inquiry): Promise<Finding> {
  const { tls, oldContext, signal } = inquiry;
  const secureContext = tls === undefined ? oldContext : createTlsContext(inquiry.plan);
  if (secureContext === undefined) return skipped('TLS does not work, so no page can be asked for');
  const plan = unpinned(inquiry.plan);
  const looked = await fetchLandingPageAs(plan, secureContext, signal, inquiry.address);
  if (looked === undefined) return { status: 'unknown', title: 'no page came; a Tentacle shows one to everybody' };
  const seen = looked.page;
  inquiry.made.page++;
  inquiry.page = seen;
  if (seen.author === 'pong' && tls !== undefined) {
    inquiry.arrivedThumbprint = (
      await fetchLandingPageAs(plan, inquiry.secureContext, signal, inquiry.address)
    )?.arrivedThumbprint;
    inquiry.made.page++;
  }
  // The original's page is one letter, many times over.
  const text = seen.author === 'original-pong' ? seen.text.slice(0, 10) : seen.text;
  const title = `${AUTHORS[seen.author]}: HTTP ${seen.status} "${text}"`;
  const evidence = {
    ...seen,
    ...(inquiry.arrivedThumbprint === undefined ? {} : { arrivedThumbprint: inquiry.arrivedThumbprint }),
  };
  if (seen.author === 'octopus-server') inquiry.warn('page.octopus-server');
  if (seen.author === 'original-pong' && tls === undefined) return { ...onlyTheOriginalPong(inquiry), title, evidence };
  const { arrivedThumbprint } = inquiry;
  if (arrivedThumbprint !== undefined && arrivedThumbprint !== inquiry.identity.thumbprint)
    return { ...changedOnTheWay(inquiry, arrivedThumbprint), evidence };
  return {
    status: seen.author === 'web-server' || seen.author === 'octopus-server' ? 'warning' : 'ok',
    title,
    evidence,
  };
}

/** Pong's page says that another certificate than ours came, or none. Where the pin does not fit, that comes first. */
function changedOnTheWay(inquiry: Inquiry, arrived: string | null): Finding {
  const { plan, tls, address } = inquiry;
  const trace = newTrace(inquiry);
  const certificate = tls?.certificate;
  trace.record({
    ...(address === undefined ? {} : { address }),
    ...(certificate === undefined ? {} : { peerCertificate: certificate }),
  });
  trace.enterStage('identity');
  const code = arrived === null ? 'CLIENT_CERTIFICATE_MISSING' : 'CLIENT_CERTIFICATE_REPLACED';
  return {
    status: 'problem',
    title: `tentacle-pong, to which ${arrived === null ? 'no client certificate' : 'another client certificate than ours'} came`,
    sighting: sight(Object.assign(new Error('changed on the way'), { code }), trace),
    isCause: plan.thumbprint === undefined || plan.thumbprint === certificate?.thumbprint,
  };
}

/** It answers in an old TLS that Octopus does not take, so an identity never comes to it. */
function onlyTheOriginalPong(inquiry: Inquiry): Finding {
  const trace = newTrace(inquiry);
  trace.record({ peerKind: 'original-pong', ...(inquiry.address === undefined ? {} : { address: inquiry.address }) });
  trace.enterStage('identity');
  const sighting = sight(Object.assign(new Error('a page'), { code: 'PAGE_ONLY' }), trace);
  inquiry.settled.set(
    'identity.original-pong',
    'It takes only versions of TLS below 1.2, which Octopus and this tool do not use for anything but to ask for its page.',
  );
  return { status: 'problem', title: '', sighting, isCause: true };
}

const AUTHORS: Readonly<Record<PeerType, string>> = {
  tentacle: 'a Tentacle',
  'octopus-server': 'an Octopus Server',
  pong: 'tentacle-pong',
  ping: 'tentacle-ping --listen, which stands in for an Octopus Server that is polled',
  'original-pong': 'the original TentaclePong',
  halibut: 'a Halibut listener',
  'web-server': 'a web server or appliance',
  unknown: 'nobody known',
};
