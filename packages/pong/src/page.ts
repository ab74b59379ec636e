import { type ConnectionView, PONG_PAGE_CERTIFICATE, PONG_PAGE_MARK, statusPage } from 'tentacle-protocol';

/** What the page tells of the connection that asks for it. */
export interface PageView extends ConnectionView {
  readonly serverName: string | undefined;
  readonly firstLine: string;
  readonly requestBytes: number;
}

/** The page for a browser: what pong saw of this very connection. */
export function pageFor(view: PageView): string {
  return statusPage({
    title: `${PONG_PAGE_MARK} ${view.pongVersion}`,
    heading: 'tentacle-pong is listening',
    lead: `It stands in for an Octopus Tentacle. You see this page, so the way from your machine to this port is open, TLS and all.
What was seen of your connection:`,
    rows: [
      ['Your address here', `${view.address}, port ${view.port}`],
      ['TLS', `${view.tlsVersion}, ${view.cipher}`],
      ['Name asked for (SNI)', view.serverName ?? 'none'],
      [PONG_PAGE_CERTIFICATE, view.clientThumbprint ?? 'none'],
      ['First line', view.firstLine],
      ['Size of the request', `${view.requestBytes} bytes`],
      ['Connection', view.connectionId],
    ],
    foot: 'Is an address or a certificate here not yours? Then something on the way stands between.',
  });
}
