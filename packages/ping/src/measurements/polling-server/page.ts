import { type PageRequest, PING_PAGE_MARK, renderConnectionPage } from 'tentacle-protocol/diagnostics';

/** The polling server's page for a browser; a real server's polling port has one too. */
export function renderPage(request: PageRequest): string {
  return renderConnectionPage(
    {
      name: PING_PAGE_MARK,
      heading: 'tentacle-ping is listening for polling Tentacles',
      standsInFor: 'the polling port of an Octopus Server',
    },
    request,
  );
}
