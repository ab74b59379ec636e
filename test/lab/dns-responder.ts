import { createSocket } from 'node:dgram';
import type { DnsAnswer } from './network.js';

/*
 * A resolver that answers every query identically. Runs as a process inside a namespace:
 * dns-responder.js '{"address":"127.0.0.1","a":["10.0.0.1"]}'
 */

const job = JSON.parse(process.argv[2] ?? '') as DnsAnswer & { address: string };

const TYPE_A = 1;
const TYPE_AAAA = 28;
const TTL_S = 1;

const socket = createSocket(job.address.includes(':') ? 'udp6' : 'udp4');
socket.on('message', (question, from) => {
  if (job.silent === true) return;
  const answer = answerTo(question);
  setTimeout(() => socket.send(answer, from.port, from.address), job.delayMs ?? 0);
});
socket.bind(53, job.address, () => process.stdout.write('ready\n'));

/** Builds a response (RFC 1035, 4.1): header, the question as received, records that point back to its name. */
function answerTo(question: Buffer): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const type = question.readUInt16BE(end - 4);
  const rcode = job.rcode ?? 0;
  const records = rcode !== 0 ? [] : type === TYPE_A ? (job.a ?? []) : type === TYPE_AAAA ? (job.aaaa ?? []) : [];
  const header = Buffer.alloc(12);
  question.copy(header, 0, 0, 2);
  // A response, recursion desired and available.
  header.writeUInt16BE(0x8180 | rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question.subarray(12, end), ...records.map((address) => recordOf(type, address))]);
}

function recordOf(type: number, address: string): Buffer {
  const data = type === TYPE_A ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  const head = Buffer.alloc(12);
  // The name: a pointer to the name in the question.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(TTL_S, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function ipv6Bytes(address: string): Buffer {
  const [left = '', right] = address.split('::');
  const groups = (part: string | undefined): string[] => (part === undefined || part === '' ? [] : part.split(':'));
  const missing = 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array<string>(missing).fill('0'), ...groups(right)];
  const bytes = Buffer.alloc(16);
  all.forEach((group, i) => bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * i));
  return bytes;
}
