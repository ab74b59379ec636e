import { describe, expect, it } from 'vitest';
import { explainStream } from './explain-stream.js';
import type { Explanation } from './explanation.js';

const explain = async (text: string, scope: 'all' | 'errors'): Promise<Explanation> =>
  explainStream(
    (async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(text));
    })(),
    scope,
  );

const NOT_A_SERVICE =
  'Error: Start requested for service OctopusDeploy Tentacle, but no service with this name was found';

describe('a line that begins with its level', () => {
  it.each([
    'Error: Start of something was requested, but nothing with this name was found',
    'ERROR something of its own',
    'Fatal: something of its own',
    '[Error] something of its own',
    'Unhandled exception: something of its own',
  ])('%s', async (line) => {
    expect(await explain(`first line\n${line}\nlast line\n`, 'errors')).toMatchObject({
      unknownLines: 1,
      unknownExamples: [{ line: 2 }],
    });
  });

  it('is not prose about errors', async () => {
    const prose = 'Errors are listed below\nError handling is on\nWait: 5\nfatal flaw\nEnded: yes\n';
    expect((await explain(prose, 'errors')).unknownLines).toBe(0);
  });

  it('of Tentacle is not passed over', async () => {
    const { matches, unknownLines } = await explain(`${NOT_A_SERVICE}\nsecond line\n`, 'errors');
    expect(matches.length + unknownLines).toBe(1);
  });
});

describe("a text that was copied from a task's page: each message with its head below it", () => {
  it.each([
    'December 4th 2023 10:30:47Error',
    'December 1st 2023 10:30:47 AMFatal',
    'Dec 4, 2023 10:30 PMError',
    '4 December 2023 10:30:47Warning',
    'Monday, December 4th 2023 10:30:47 Error',
    '2023-12-04 10:30:47Error',
    '04/12/2023 10:30:47Error',
  ])('%s', async (head) => {
    const text = `Something unknown failed\n${head}\nAnother one is fine\n${head.replace(/[A-Z][a-z]+$/, 'Info')}\n`;
    expect(await explain(text, 'errors')).toMatchObject({
      unknownLines: 1,
      unknownExamples: [{ line: 1, text: 'Something unknown failed' }],
    });
  });

  it('counts and dates known messages', async () => {
    const text = `The step failed\nDecember 4th 2023 10:30:47Error\nConnection refused\nDecember 4th 2023 10:30:48Error\n${'No such host is known\nDecember 4th 2023 10:31:00Fatal\n'.repeat(2)}`;
    const { matches } = await explain(text, 'errors');
    expect(matches.map(({ id, count, firstAt }) => [id, count, firstAt])).toEqual([
      ['dns.no-such-host', 2, 'December 4th 2023 10:31:00'],
      ['tcp.actively-refused', 1, 'December 4th 2023 10:30:48'],
    ]);
  });
});

describe('rulers', () => {
  it.each(['====================', '--------', '*****', '_____', '= = = =', '+----+----+'])('%s', async (ruler) => {
    const { unknownLines, unknownExamples } = await explain(`${ruler}\nsomething unknown\n${ruler}\n`, 'all');
    expect(unknownLines).toBe(1);
    expect(unknownExamples[0]?.line).toBe(2);
  });
});

describe('an exception in a paste without heads', () => {
  const TRACE = `System.Net.WebException: The operation has timed out
   at System.Net.HttpWebRequest.GetResponse()
   at Octopus.Client.OctopusClient.DispatchRequest[TResponseResource](OctopusRequest request, Boolean readResponse)
`;

  it('is the message, not the output above it', async () => {
    const { matches, unknownLines } = await explain(
      `Creating deployment...\nWaiting for the deployment to complete....\n${TRACE}`,
      'all',
    );
    expect(matches).toMatchObject([{ id: 'rest.timed-out', line: 3 }]);
    expect(unknownLines).toBe(0);
  });

  it('that is unknown is quoted in place of that output', async () => {
    const text =
      'Waiting for the deployment to complete....\nAcme.OddException: something odd\n   at Acme.Odd.Do(String x)\n';
    expect(await explain(text, 'all')).toMatchObject({
      unknownLines: 1,
      unknownExamples: [{ line: 2, text: 'Acme.OddException: something odd' }],
    });
  });
});
