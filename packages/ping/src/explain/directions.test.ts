import { mergeOrigins, readOrigin } from 'tentacle-protocol/diagnostics';
import { describe, expect, it } from 'vitest';
import { explainStream } from './explain-stream.js';
import type { Match } from './explanation.js';

async function explainIn(file: string, line: string): Promise<Match | undefined> {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(`2024-03-05 10:15:20.1234   4508     27 ERROR  ${line}\n`));
  };
  const { matches } = await explainStream(chunks(), 'errors', { origin: readOrigin(file) });
  return matches[0];
}

/** Whose log it is, whether the Tentacle listens, the actor of the first step, and what the commands contain. */
type Row = readonly [line: string, file: string, by: string, actor: string, contains: string | RegExp, lacks: RegExp];

const THUMBPRINT = '1F0C9A3B5D7E2468ACE013579BDF02468ACE1357';
const DENIED = (listener: string): string =>
  `${listener}    27  A client at [::ffff:10.0.0.9]:49822 connected, and attempted a message exchange, but it presented a client certificate with the thumbprint '${THUMBPRINT}' which is not in the list of thumbprints that we trust`;
const REFUSED = (address: string): string =>
  `https://${address}/    27  The remote host at https://${address}/ refused the connection. This may mean that the expected listening service is not running.`;
const BEFORE = (address: string, tail: string): string =>
  `https://${address}/    27  An error occurred when sending a request to 'https://${address}/', before the request could begin: ${tail}`;
const CUSTOM = 'log.txt';

const ROWS: readonly Row[] = [
  [
    DENIED('listen://[::]:10933/'),
    CUSTOM,
    'tentacle listening',
    'tentacle-admin',
    `--trust ${THUMBPRINT}`,
    /Octopus\.Server/,
  ],
  [DENIED('listen://[::]:10943/'), CUSTOM, 'server polling', 'server-admin', 'show-configuration', /--trust/],
  [
    DENIED('listen://[::]:12000/'),
    'OctopusTentacle.txt',
    'tentacle listening',
    'tentacle-admin',
    `--trust ${THUMBPRINT}`,
    /Octopus\.Server/,
  ],
  [
    DENIED('listen://[::]:12000/'),
    'OctopusServer.txt',
    'server polling',
    'server-admin',
    'show-configuration',
    /--trust/,
  ],
  [DENIED('listen://[::]:12000/'), CUSTOM, ' ', 'you', /--trust/, /^$/],
  [
    REFUSED('octo.example:10943'),
    CUSTOM,
    'tentacle polling',
    'server-admin',
    'diagnose octo.example:10943',
    /10933|noListen/,
  ],
  [
    REFUSED('web01.example:10933'),
    CUSTOM,
    'server listening',
    'tentacle-admin',
    'diagnose web01.example:10933',
    /10943/,
  ],
  [
    REFUSED('web01.example:12000'),
    'OctopusServer.txt',
    'server listening',
    'tentacle-admin',
    'diagnose web01.example:12000',
    /109[34]3/,
  ],
  [
    REFUSED('octo.example:12000'),
    'OctopusTentacle.2.txt',
    'tentacle polling',
    'server-admin',
    'diagnose octo.example:12000',
    /109[34]3/,
  ],
  [REFUSED('octo.example:12000'), CUSTOM, ' ', 'you', 'diagnose octo.example:12000', /109[34]3/],
  [
    BEFORE('web01.example:10933', 'Attempted to read past the end of the stream.'),
    CUSTOM,
    'server listening',
    'tentacle-admin',
    'OctopusTentacle.txt',
    /OctopusServer\.txt/,
  ],
  [
    BEFORE('octo.example:10943', 'Attempted to read past the end of the stream.'),
    CUSTOM,
    'tentacle polling',
    'server-admin',
    'OctopusServer.txt',
    /configure --trust [^=N]/,
  ],
  [
    BEFORE('octo.example:10943', 'No such host is known'),
    CUSTOM,
    'tentacle polling',
    'tentacle-admin',
    'nslookup octo.example',
    /10933/,
  ],
  [
    BEFORE('web01.example:10933', 'No such host is known'),
    CUSTOM,
    'server listening',
    'server-admin',
    'ADDRESS:10933',
    /10943/,
  ],
  [
    "https://octopus.example/    14  Halibut client exception: An error occurred when sending a request to 'https://octopus.example/', after the request began: Attempted to read past the end of the stream. Retrying in 5.0 seconds",
    CUSTOM,
    'tentacle polling',
    'you',
    'diagnose octopus.example:443',
    /109[34]3/,
  ],
  [
    'No connection could be made because the target machine actively refused it 192.0.2.20:10943',
    CUSTOM,
    'tentacle polling',
    'server-admin',
    'diagnose 192.0.2.20:10943',
    /TENTACLE/,
  ],
  [REFUSED('octo.example:443'), CUSTOM, 'tentacle polling', 'server-admin', 'diagnose octo.example:443', /109[34]3/],
  [
    'established connection failed because connected host has failed to respond 198.51.100.47:443',
    CUSTOM,
    ' ',
    'you',
    'diagnose 198.51.100.47:443',
    /109[34]3/,
  ],
  [
    'A request was sent to a polling endpoint, but the polling endpoint did not collect the request within the allowed time (00:02:00), so the request timed out.',
    CUSTOM,
    'server polling',
    'you',
    'diagnose OCTOPUS-SERVER:10943',
    /10933/,
  ],
];

describe('the end that wrote a line decides who takes the steps, and on what', () => {
  it.each(ROWS)('%s in %s', async (line, file, by, actor, contains, lacks) => {
    const match = await explainIn(file, line);
    expect(`${match?.loggedBy ?? ''} ${match?.tentacleMode ?? ''}`).toBe(by);
    expect(match?.next[0]?.who).toBe(actor);
    const commands = match?.next.flatMap(({ windows = '', linux = '' }) => [windows, linux]).join('\n') ?? '';
    if (typeof contains === 'string') expect(commands).toContain(contains);
    else expect(commands).toMatch(contains);
    if (lacks.source !== '^$') expect(commands).not.toMatch(lacks);
  });

  it('is known from the lines of a log by which its product starts', async () => {
    const log = (product: string): Promise<Match | undefined> =>
      explainIn(CUSTOM, `${product}\n2024-03-05 10:15:21.1234   4508     27 ERROR  ${DENIED('listen://[::]:12000/')}`);
    expect(await log('Tentacle version 8.1.1322 (8.1.1322) instance Tentacle')).toMatchObject({ loggedBy: 'tentacle' });
    expect(await log('Octopus Deploy: Server version 2024.1.12087 (x) instance Default')).toMatchObject({
      loggedBy: 'server',
      tentacleMode: 'polling',
    });
  });

  it('of a Kubernetes agent has the log of its pods', () => {
    const origin = readOrigin('2025-02-26 15:50:32.3068 |  WARN | Checking that server communications are open failed');
    expect(mergeOrigins(origin, {})).toMatchObject({ product: 'tentacle', mode: 'polling', isContainer: true });
  });

  it('keeps the lines of both ends apart in one text', async () => {
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(
        Buffer.from(`${[REFUSED('octo.example:10943'), REFUSED('web01.example:10933')].join('\n')}\n`),
      );
    };
    const { matches } = await explainStream(chunks(), 'errors');
    expect(matches.map(({ id, loggedBy }) => [id, loggedBy])).toEqual([
      ['tcp.actively-refused', 'tentacle'],
      ['tcp.actively-refused', 'server'],
    ]);
  });
});
