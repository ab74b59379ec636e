import { PONG_PAGE_CERTIFICATE, PONG_PAGE_TRUST } from '../http/landing-page.js';
import { renderStatusPage, type StatusPage } from '../http/status-page.js';
import type { PageRequest } from './front-door.js';

/** The program that a page is from. */
export interface PageProgram {
  /** Part of the page's title, by which other programs identify the page. */
  readonly name: string;
  /** What the program does now, as the page's heading. */
  readonly heading: string;
  /** What the program takes the place of. */
  readonly standsInFor: string;
}

/** What a page shows beyond the connection that it was requested over. */
export type PageExtras = Pick<StatusPage, 'facts' | 'list'>;

/** Returns the page for a browser: what was observed of the browser's own connection. */
export function renderConnectionPage(program: PageProgram, request: PageRequest, extras: PageExtras = {}): string {
  return renderStatusPage({
    title: `${program.name} ${request.pongVersion}`,
    heading: program.heading,
    lead: `This program stands in for ${program.standsInFor}. If you can see this page, your machine can reach this port over TLS.
The program observed this about your connection:`,
    rows: [
      ['Your address here', `${request.address}, port ${request.port}`],
      ['TLS', `${request.tlsVersion}, ${request.cipher}`],
      ['Requested name (SNI)', request.serverName ?? 'none'],
      [PONG_PAGE_CERTIFICATE, request.clientThumbprint ?? 'none'],
      [PONG_PAGE_TRUST, request.isTrusted ? 'yes' : 'no'],
      ['First line', request.firstLine],
      ['Request size', `${request.requestBytes} bytes`],
      ['Connection', request.connectionId],
    ],
    foot: 'If the address or the certificate is not yours, a device between your machine and this one replaced it.',
    ...extras,
  });
}

/**
 * Returns the page for a client that is not trusted: the name by which other programs identify the page, and what the client
 * itself presented, which shows whether its certificate arrived.
 */
export function renderUntrustedPage(name: string, clientThumbprint: string | null): string {
  return renderStatusPage({
    title: name,
    heading: 'Restricted to trusted clients',
    lead: 'If you can see this page, your machine can reach this port over TLS.',
    rows: [
      [PONG_PAGE_CERTIFICATE, clientThumbprint ?? 'none'],
      [PONG_PAGE_TRUST, 'no'],
    ],
    foot: 'Only clients with certain certificates are served here.',
  });
}
