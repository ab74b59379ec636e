import { describeNat, describeSession } from 'tentacle-protocol/diagnostics';
import { bulletList, certificateFacts, facts, h, part, type Section, section } from 'tentacle-protocol/html';
import type { Report } from '../report/report.js';
import { PEER_NAMES } from '../output/peer-names.js';

/** The peer: what it is, its TLS, its certificate, and how it sees this machine. */
export function peerSection({ peer, target, attestation }: Report): Section | undefined {
  const { peerView: view, page, capabilities, certificate } = peer;
  const session =
    attestation === undefined ? [] : [describeSession(attestation), describeNat(attestation) ?? []].flat();
  return section(
    { id: 'peer', title: 'Peer, TLS and certificate' },
    facts([
      ['peer', PEER_NAMES[peer.kind]],
      ['host', `${target.host}:${target.port}`],
      ['address', peer.address],
      ['addresses of the name', peer.addresses === undefined ? undefined : peer.addresses.join(', ')],
      ['TLS', [peer.tlsVersion ?? [], peer.cipher ?? []].flat().join(', ') || undefined],
      ['landing page', page === undefined ? undefined : `HTTP ${page.status}: ${page.text}`],
      ['capabilities', capabilities === undefined ? undefined : capabilities.join(', ') || 'none'],
      [
        'sees this machine as',
        view === undefined
          ? undefined
          : `${view.address}, port ${view.port}, thumbprint ${view.clientThumbprint ?? 'none'}`,
      ],
      ['your thumbprint', peer.ownThumbprint === '' ? undefined : h('code', {}, peer.ownThumbprint)],
    ]),
    certificate === undefined ? undefined : part('Certificate', certificateFacts(certificate)),
    part('Attestation', bulletList(session)),
  );
}
