import { shortThumbprint, styled, wrap } from 'tentacle-protocol/cli';
import type { PeerReport, ProxyReport, Report } from '../report/report.js';
import { PEER_NAMES } from './peer-names.js';

/** The peer in a line: what it is, its certificate, TLS, and whether TLS is end to end. */
export function peerLine({ peer, attestation }: Pick<Report, 'peer' | 'attestation'>, width: number): string {
  const { kind, thumbprint, tlsVersion } = peer;
  if (thumbprint === undefined) return '';
  const trust = attestation?.expectedKey === undefined ? 'trusted on first use' : 'attested with --pong-key';
  const text = [
    `Peer: ${PEER_NAMES[kind]} ${shortThumbprint(thumbprint)}`,
    tlsVersion === undefined ? '' : `, ${tlsVersion.replace('TLSv', 'TLS ')}`,
    attestation?.result === 'one-session' ? ` end to end (${trust})` : '',
  ].join('');
  return `${wrap(styled('dim', text), '  ', '  ', width)}\n`;
}

/** Everything that is known of the peer, and the thumbprint that was presented to it. */
export function peerDetails(peer: PeerReport, width: number): string {
  if (peer.thumbprint === undefined) return '';
  const { certificate: cert, peerView, page, capabilities, addresses = [] } = peer;
  const details: (readonly [string, string])[] = [
    ['peer', PEER_NAMES[peer.kind]],
    ['', `thumbprint ${peer.thumbprint}`],
    ...(cert === undefined
      ? []
      : ([
          [
            '',
            [
              cert.subject,
              [cert.keyType.toUpperCase(), cert.keyBits ?? []].flat().join(' '),
              cert.signatureAlgorithm,
            ].join(', '),
          ],
          [
            '',
            `${cert.selfSigned ? 'self-signed' : `issued by ${cert.issuer}`}, valid ${day(cert.notBefore)} to ${day(cert.notAfter)}`,
          ],
        ] as const)),
    ['', [peer.tlsVersion ?? [], peer.cipher ?? []].flat().join(', ')],
    ...(addresses.length < 2
      ? []
      : ([['', `addresses ${addresses.join(', ')}; used ${peer.address ?? 'none'}`]] as const)),
    ...(capabilities === undefined ? [] : ([['', `capabilities ${capabilities.join(', ')}`]] as const)),
    ...(peerView === undefined
      ? []
      : ([
          [
            '',
            `sees you as ${peerView.address} port ${peerView.port}, thumbprint ${peerView.clientThumbprint ?? 'none'}`,
          ],
        ] as const)),
    ...(page === undefined ? [] : ([['', `landing page: HTTP ${page.status} "${page.text}"`]] as const)),
    ['you', `thumbprint ${peer.ownThumbprint}`],
  ];
  return details.map(([label, text]) => detailLine(label, text, width)).join('');
}

function day(iso: string): string {
  return iso.slice(0, 10);
}

/** Labels of details stand before them. */
const LABEL_COLUMNS = 6;

/** A labelled detail, wrapped beside its label. */
export function detailLine(label: string, text: string, width: number): string {
  if (text === '') return '';
  const indent = ' '.repeat(LABEL_COLUMNS);
  return `${wrap(text, `${label}${' '.repeat(LABEL_COLUMNS - label.length)}`, indent, width)}\n`;
}

/** The proxy, and the variables that name one. */
export function proxyText(
  { used, by, host, port, user, address, environment = [] }: ProxyReport,
  indent: string,
  width: number,
): string {
  const lines: string[] = [];
  if (used) {
    const at = address === undefined || address === host ? '' : ` (${address})`;
    lines.push(`proxy: ${host ?? ''}:${port ?? ''}${at}${user === undefined ? '' : ` as ${user}`}, from ${by ?? ''}`);
  }
  for (const { name, value } of environment) {
    const effect = name === by ? (used ? 'used' : 'therefore no proxy is used') : 'set, not used';
    lines.push(`environment: ${name}=${value} (${effect})`);
  }
  return lines.map((line) => `${wrap(line, indent, `${indent}  `, width)}\n`).join('');
}
