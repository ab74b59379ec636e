/** Names of steps for people, where the id is not one. */
const STEP_NAMES: Readonly<Partial<Record<string, string>>> = {
  local: 'this machine',
  'proxy-protocol': 'proxy header',
  'tls-offers': 'tls options',
  sni: 'server name',
  'web-certificate': 'web cert',
};

/** What a step is called in a text. */
export function stepName(id: string): string {
  return STEP_NAMES[id] ?? id;
}
