import { describeNat, describeSession } from 'tentacle-protocol/diagnostics';
import { bulletList, facts, h, type Markup, part, type Section, section } from 'tentacle-protocol/html';
import type { Report } from '../report/report.js';
import { PEER_NAMES } from '../output/peer-names.js';

type Certificate = NonNullable<Report['peer']['certificate']>;

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

/** What a certificate contains. */
export function certificateFacts(certificate: Certificate): Markup {
  const { thumbprint, subject, issuer, selfSigned, keyType, keyBits, signatureAlgorithm } = certificate;
  return facts([
    ['thumbprint', h('code', {}, thumbprint)],
    ['subject', subject],
    ['issuer', selfSigned ? 'self-signed' : issuer],
    ['valid from', certificate.notBefore],
    ['valid to', certificate.notAfter],
    ['key', [keyType.toUpperCase(), keyBits === undefined ? [] : `${keyBits} bits`].flat().join(', ')],
    ['signature', signatureAlgorithm],
    ['serial number', h('code', {}, certificate.serial)],
  ]);
}
