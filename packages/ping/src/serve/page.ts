import { type ConnectionView, PING_PAGE_MARK, statusPage } from 'tentacle-protocol';

/** What the page tells of the connection that asks for it. */
interface PageView extends ConnectionView {
  readonly serverName: string | undefined;
  readonly firstLine: string;
}

/** The page for a browser, as the polling port of a real server has one: what was seen of this very connection. */
export function pageFor(view: PageView): string {
  return statusPage({
    title: `${PING_PAGE_MARK} ${view.pongVersion}`,
    heading: 'tentacle-ping is waiting for polling Tentacles',
    lead: `It stands in for the polling port of an Octopus Server. You see this page, so the way from your machine to this port is open, TLS and all.
What was seen of your connection:`,
    rows: [
      ['Your address here', `${view.address}, port ${view.port}`],
      ['TLS', `${view.tlsVersion}, ${view.cipher}`],
      ['Name asked for (SNI)', view.serverName ?? 'none'],
      ['Client certificate', view.clientThumbprint ?? 'none'],
      ['First line', view.firstLine],
    ],
    foot: 'Is an address or a certificate here not yours? Then something on the way stands between.',
  });
}
