/* global AbortController, Buffer, URL */
// Runs one attempt in its own process with its own network (see namespace.ts), and prints the failure as JSON.
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { createSecureContext, createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
// The build, not the sources: Node 20 does not run TypeScript.
import {
  ClientExchange,
  call,
  openTlsConnection,
  Deadline,
  getCapabilities,
  exchangeIdentityAsConnector,
  createIdentity,
  ConnectionTrace,
} from '../../packages/protocol/dist/index.js';
import { failureOf, observe } from '../../packages/protocol/dist/diagnostics/index.js';

const job = JSON.parse(process.argv[2]);
const key = readFileSync(new URL('../fixtures/test-only-rsa-2048.pem', import.meta.url), 'utf8');
const identity = await createIdentity({ commonName: 'Octopus Server', key });

if (job.servesAt !== undefined) await serve(job.servesAt);
else await attempt();

/** Starts a TLS peer that sends its identity if the job requires it, and nothing else. */
async function serve(host) {
  const server = createServer({ ...identity.secureContextOptions, requestCert: true, rejectUnauthorized: false });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    if (job.introduces) socket.once('data', () => socket.write('MX-SERVER 1.0\r\n\r\n'));
  });
  await once(server.listen(0, host), 'listening');
  process.stdout.write(`${server.address().port}\n`);
}

/** Replies to every DNS query with this code, or not at all. */
async function answerNames(code) {
  const resolver = createSocket('udp4');
  resolver.on('message', (question, { address, port }) => {
    if (code === 'silent') return;
    const answer = Buffer.from(question);
    // A response with recursion available: it contains the question and no records.
    answer.writeUInt16BE(0x8180 | code, 2);
    resolver.send(answer, port, address);
  });
  resolver.bind(53, '127.0.0.1');
  await once(resolver, 'listening');
}

/** Starts a peer in the other namespace, and returns its port. */
async function peerBehind([command, ...prefix], host) {
  const self = fileURLToPath(import.meta.url);
  const jobText = JSON.stringify({ servesAt: host, introduces: job.loseHostBefore === 'rpc' });
  const peer = spawn(command, [...prefix, process.execPath, self, jobText], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.on('exit', () => peer.kill());
  const [port] = await once(peer.stdout, 'data');
  return Number(port);
}

async function attempt() {
  const { host, timeoutMs } = job;
  if (job.resolver !== undefined) await answerNames(job.resolver);
  const port = job.peerBehind === undefined ? job.port : await peerBehind(job.peerBehind, host);
  const trace = new ConnectionTrace({ host, port, timeoutUs: timeoutMs * 1000, ownThumbprint: identity.thumbprint });
  const deadline = Deadline.inMs(timeoutMs);
  const secureContext = createSecureContext(identity.secureContextOptions);
  const plan = { host, port, secureContext, proxy: job.proxy, captureFirstBytes: true };
  let failure = null;
  try {
    const channel = await openTlsConnection(plan, trace, deadline, new AbortController().signal);
    if (job.loseHostBefore === 'identity') execFileSync('sh', ['-ec', job.loseHost]);
    await exchangeIdentityAsConnector(channel, { role: 'MX-CLIENT' }, trace, deadline);
    trace.enterStage('rpc');
    if (job.loseHostBefore === 'rpc') execFileSync('sh', ['-ec', job.loseHost]);
    const endpoint = { baseUri: '', remoteThumbprint: '' };
    await call(new ClientExchange(channel, 'listening', 1_000_000), getCapabilities, null, endpoint, deadline);
  } catch (error) {
    failure = failureOf(observe(error, trace));
  }
  process.stdout.write(JSON.stringify(failure), () => process.exit());
}
