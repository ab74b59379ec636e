/**
 * The process of one attack, so that its own computing is not pong's. Arguments: the attack, the port, and the PEM file of
 * its certificate and key. Prints `ready` when its traffic flows; after a signal, one line of JSON with its counts.
 */
import { readFileSync } from 'node:fs';
import { Attacker } from './attacker.js';
import { attackerAddresses } from './attacker-addresses.js';
import { attacks } from './attacks.js';

const [name = '', port = '', pemFile = ''] = process.argv.slice(2);
const attack = attacks.find((one) => one.name === name);
if (attack === undefined) throw new Error(`no attack has the name ${name}`);
const over = new AbortController();
process.on('SIGTERM', () => over.abort());
const attacker = new Attacker({
  port: Number(port),
  addresses: attackerAddresses(attack.addresses ?? 1),
  pem: readFileSync(pemFile, 'utf8'),
  over: over.signal,
  ready: () => void process.stdout.write('ready\n'),
});
const run = attack.run(attacker);
await attacker.end();
await attacker.close(run);
process.stdout.write(`${JSON.stringify(attacker.counts)}\n`, () => process.exit(0));
