import { PONG_PAGE_MARK, type PageRequest, renderConnectionPage } from 'tentacle-protocol/diagnostics';

/** pong's page for a browser. */
export function renderPage(request: PageRequest): string {
  return renderConnectionPage(
    { name: PONG_PAGE_MARK, heading: 'tentacle-pong is listening', standsInFor: 'an Octopus Tentacle' },
    request,
  );
}
