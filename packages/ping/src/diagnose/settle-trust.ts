import type { Inquiry } from './inquiry.js';

/** Whose pages say that a Halibut listener is behind the TLS that we see. */
const LISTENERS: readonly unknown[] = ['tentacle', 'pong', 'halibut', 'octopus-server'];

/** Ids whose causes are told apart by what else was seen of the way. */
const PINNED = 'trust.unexpected-thumbprint';
const CLOSED = 'trust.closed-after-identity';
const INTERCEPTED = 'trust.intercepted';

/**
 * Whose TLS it is: the tests that tell the causes of a refused or strange certificate apart, from what the steps saw.
 * What they show is said, and no more than that.
 */
export function settleTrust(inquiry: Inquiry): void {
  const { tls, page, arrivedThumbprint, identity } = inquiry;
  if (tls === undefined) return;
  if (arrivedThumbprint !== undefined) {
    settleByPong(inquiry, arrivedThumbprint);
    return;
  }
  if (page?.author === 'web-server') {
    const asks = tls.certificateAsked === false ? ' It does not ask for our certificate, which a Tentacle does.' : '';
    inquiry.narrowed.set('identity.http', {
      says: `Asked as a browser asks, it shows HTTP ${page.status} "${page.text}".${asks}`,
    });
  }
  const listens = LISTENERS.includes(page?.author);
  if (tls.certificateAsked === false) {
    if (listens) {
      const says = `The page of ${page?.author === 'tentacle' ? 'a Tentacle' : 'a Halibut listener'} ("${page?.text ?? ''}") comes from behind it, so something on the way ends TLS in front of that.`;
      inquiry.settled.set(INTERCEPTED, says);
      inquiry.settled.set(PINNED, `It does not ask for our certificate, which a Tentacle does. ${says}`);
    } else if (tls.certificate !== undefined && tls.certificate.thumbprint === inquiry.plan.thumbprint) {
      inquiry.settled.set(
        INTERCEPTED,
        'As it has the expected certificate and does not behave as a Tentacle, something on the way ends TLS with a copy of it.',
      );
    } else {
      inquiry.narrowed.set(PINNED, {
        says: 'It does not ask for our certificate, which a Tentacle does: what ends TLS there is no Tentacle.',
        left: {
          causes: [
            'something on the way ends TLS in front of the Tentacle',
            'another service with TLS listens on that port',
            'a router by name (SNI) leads this name, or TLS without a name, to another service',
          ],
          test: "The expected certificate with --servername and the name under which a router knows the Tentacle: the router. Else run the same diagnosis on the Tentacle's own machine, against localhost: the expected certificate there means that something on the way ends TLS, or that the address is another machine's.",
        },
      });
    }
    return;
  }
  const known = [
    ...(tls.certificateAsked === true ? ['It asks for our certificate, as a Tentacle does.'] : []),
    tls.certificate?.selfSigned === true
      ? 'Its certificate is self-signed, as those that Octopus makes.'
      : 'Its certificate is not self-signed: an administrator gave it to the Tentacle, or a device on the way shows one of its own.',
    ...(listens ? [`It shows the page "${page?.text ?? ''}".`] : []),
    ...(tls.certificate !== undefined && tls.certificate.thumbprint === inquiry.plan.thumbprint
      ? ['Its thumbprint is the expected one.']
      : []),
  ].join(' ');
  inquiry.narrowed.set(CLOSED, {
    says: `${known} Whether our thumbprint ${identity.thumbprint} comes to it, only its log says.`,
  });
  inquiry.narrowed.set(PINNED, { says: known });
}

/** A pong says on its page which client certificate came: that settles it. */
function settleByPong({ settled, identity, tls }: Inquiry, arrived: string | null): void {
  if (arrived === identity.thumbprint) {
    settled.set(
      CLOSED,
      'Its page says that our certificate comes to it: tentacle-pong runs with --trust, and for another thumbprint.',
    );
    settled.set(
      PINNED,
      'Our own certificate comes to the tentacle-pong there, so nothing on the way ends TLS: that pong has another certificate than the expected one.',
    );
    return;
  }
  const what =
    arrived === null ? 'no client certificate came to it' : `the client certificate ${arrived} came to it, not ours`;
  const says = `The page of the tentacle-pong there says that ${what}: something on the way ends TLS and makes another to it${tls?.certificate?.selfSigned === false ? `, with a certificate issued by ${tls.certificate.issuer}` : ''}.`;
  for (const id of [CLOSED, PINNED, INTERCEPTED]) settled.set(id, says);
}
