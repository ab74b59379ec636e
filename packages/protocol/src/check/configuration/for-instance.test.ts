import { expect, it } from 'vitest';
import { portFindings } from '../../diagnostics/checks/port.js';
import { listeningInstance } from '../host.test.support.js';
import { forInstance } from './for-instance.js';

const check = portFindings.notListening.check({ port: 10934, instance: 'web' });
const web = listeningInstance({ name: 'web', isRegistered: true, homeFolder: '/opt/web' });

it('names the instance in commands of Tentacle, and the log of that instance', () => {
  const linux = forInstance(check, [web]).next.map((step) => step.linux);
  expect(linux[0]).toMatch(/ service --start --instance "web"$/);
  expect(linux[1]).toContain('/opt/web/Logs/OctopusTentacle.txt');
  const again = forInstance(forInstance(check, [web]), [web]);
  expect(again.next.map((step) => step.linux)).toEqual(linux);
});

it('leaves the steps where several instances are meant, or none is', () => {
  expect(forInstance(check, [])).toEqual(check);
  expect(forInstance(check, [web, listeningInstance()])).toEqual(check);
});
