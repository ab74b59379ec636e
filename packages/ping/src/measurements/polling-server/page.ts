import {
  type PageRequest,
  PING_PAGE_MARK,
  renderConnectionPage,
  renderUntrustedPage,
} from 'tentacle-protocol/diagnostics';

/**
 * The polling server's page for a browser; a real server's polling port has one too. With trusted pollers, any other client
 * learns nothing of this host from it.
 */
export function renderPage(request: PageRequest): string {
  if (!request.isTrusted) return renderUntrustedPage(PING_PAGE_MARK, request.clientThumbprint);
  return renderConnectionPage(
    {
      name: PING_PAGE_MARK,
      heading: 'tentacle-ping is listening for polling Tentacles',
      standsInFor: 'the polling port of an Octopus Server',
    },
    request,
  );
}
