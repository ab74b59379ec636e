import type { PageSource } from '../../http/landing-page.js';

/** What listens on a Halibut port, as its page shows it. */
export const HALIBUT_PAGES: Readonly<Partial<Record<PageSource, string>>> = {
  'octopus-server': 'The polling port of an Octopus Server',
  tentacle: 'A Tentacle',
  pong: 'tentacle-pong',
  ping: 'tentacle-ping listen',
  halibut: 'A Halibut listener',
};
