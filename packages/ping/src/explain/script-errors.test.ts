import { describe, expect, it } from 'vitest';
import { explainStream } from './explain-stream.js';
import type { Explanation } from './explanation.js';

const explain = async (text: string): Promise<Explanation> =>
  explainStream(
    (async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(text));
    })(),
    'errors',
  );

const task = (...messages: readonly string[]): string =>
  messages.map((message) => `10:15:20   Error    |       ${message}\n`).join('');
const EXIT = 'The remote script failed with exit code 35';

describe('errors of tools that a step runs', () => {
  it.each([
    ['curl: (35) error:0A00010B:SSL routines::wrong version number', 'script.curl', undefined],
    [
      'curl: (7) Failed to connect to api.example port 8443 after 12 ms: Connection refused',
      'script.curl',
      'api.example:8443',
    ],
    [
      "Invoke-WebRequest : The remote name could not be resolved: 'api.example'",
      'script.powershell-request',
      undefined,
    ],
    [
      'Unable to load the service index for source https://nuget.example/v3/index.json.',
      'script.nuget',
      'nuget.example:443',
    ],
    [
      'Web deployment task failed. (Could not connect to the remote computer ("web02.example").',
      'script.web-deploy',
      'web02.example:443',
    ],
    [
      "fatal: unable to access 'https://git.example/app.git/': Could not resolve host: git.example",
      'script.git',
      'git.example:443',
    ],
    [
      'Error response from daemon: Get "https://registry.example/v2/": dial tcp 203.0.113.9:443: i/o timeout',
      'script.docker',
      '203.0.113.9:443',
    ],
    ['Unable to connect to the server: dial tcp 203.0.113.10:6443: i/o timeout', 'script.kubectl', '203.0.113.10:6443'],
    [
      "HTTPSConnectionPool(host='login.example', port=443): Max retries exceeded with url: /",
      'script.cloud-tool',
      'login.example:443',
    ],
    [
      'npm ERR! network request to https://registry.example/left-pad failed, reason: connect ETIMEDOUT 203.0.113.11:443',
      'script.npm',
      '203.0.113.11:443',
    ],
  ])('%s', async (message, id, address) => {
    const { matches } = await explain(task(message, EXIT));
    expect(matches.map((match) => [match.id, match.loggedBy])).toContainEqual([id, 'script']);
    expect(matches.map((match) => match.id)).toContain('script.exit-code');
    const commands = matches.flatMap(({ next }) => next.map(({ linux }) => linux ?? ''));
    if (address !== undefined) expect(commands).toContain(`tentacle-ping diagnose ${address}`);
    expect(commands.join('\n')).not.toMatch(/:109[34]3|configure --trust/);
  });
});

describe('an error of any connection above the exit code of a script', () => {
  const REFUSED =
    'System.Net.Sockets.SocketException: No connection could be made because the target machine actively refused it 192.0.2.9:1433';

  it("is the script's own, and the path to the Tentacle works", async () => {
    const { matches } = await explain(task(REFUSED, 'Something of its own', EXIT));
    expect(matches[0]).toMatchObject({ id: 'tcp.actively-refused', loggedBy: 'script' });
    expect(matches[0]?.next.map(({ linux }) => linux)).toContain('tentacle-ping diagnose 192.0.2.9:1433');
  });

  it('in a paste without heads, too', async () => {
    const { matches } = await explain(`Connecting\n${REFUSED}\n   at Acme.Tool.Main(String[] args)\n${EXIT}\n`);
    expect(matches[0]).toMatchObject({ id: 'tcp.actively-refused', loggedBy: 'script' });
  });

  it("is not the script's if Halibut wrote it, or if no script ended below it", async () => {
    const halibut =
      "An error occurred when sending a request to 'https://web01:10933/', before the request could begin: Connection refused";
    for (const text of [task(halibut, EXIT), task(REFUSED)]) {
      const [match] = (await explain(text)).matches;
      expect(match).toMatchObject({ id: 'tcp.actively-refused', loggedBy: 'server' });
    }
  });
});
