import { BlockList, isIP } from 'node:net';
import { isWildcard } from '../../host/addresses.js';
import type { Interfaces } from '../../net/interfaces.js';
import { singleLine } from '../../text/sanitize.js';
import type { AddCheck } from '../check-context.js';
import { configurationFindings as findings, type NamedInstance } from '../../diagnostics/checks/configuration.js';
import type { ConfiguredProxy, InvalidSetting, TentacleInstance, TrustedServer } from './configuration.js';
import { instanceOption } from './instance-option.js';
import { SETTING_KEYS } from './setting-keys.js';

/** Certificates' thumbprints as .NET writes them. */
const THUMBPRINT = /^[0-9A-F]{40}$/;

const SHOWN_MAX_CHARS = 200;

/** Adds what an instance's configuration says, and each setting in it that cannot work. */
export function checkInstance(instance: TentacleInstance, interfaces: Interfaces, add: AddCheck): void {
  const named: NamedInstance = { instance: shown(instance.name), option: instanceOption(instance) };
  addSummary(instance, named, add);
  for (const setting of instance.invalid ?? []) addInvalid(setting, instance, { named, add });
  if (instance.thumbprint === undefined) add(findings.noCertificate.check(named));
  checkTrust(instance, named, add);
  for (const server of distinct(instance.servers)) checkServer(server, named, add);
  checkPolling(instance, named, add);
  if (instance.listens && instance.bind !== undefined) checkBind(instance.bind, { named, interfaces, add });
}

function addSummary(instance: TentacleInstance, named: NamedInstance, add: AddCheck): void {
  const { listens, port, bind, servers } = instance;
  const thumbprint = instance.thumbprint ?? 'none';
  const evidence = evidenceOf(instance);
  const polled = servers.filter(({ style, address }) => style === 'polling' && address !== undefined);
  const addresses = [...new Set(polled.map(({ address = '' }) => shown(address)))];
  if (listens) {
    const facts = { ...named, port, thumbprint };
    add(findings.listening.check(bind === undefined ? facts : { ...facts, bind }, evidence));
  }
  if (addresses.length > 0) add(findings.polling.check({ ...named, addresses, thumbprint }, evidence));
  const trusted = thumbprintsOf(servers.filter((server) => isThumbprint(server.thumbprint)));
  if (trusted.length > 0) add(findings.trusts.check({ ...named, thumbprints: trusted }, evidence));
}

function addInvalid(
  { key, value, expected }: InvalidSetting,
  instance: TentacleInstance,
  { named, add }: Pick<BindContext, 'named' | 'add'>,
): void {
  const evidence = evidenceOf(instance);
  if (key === SETTING_KEYS.port && value !== undefined && Number(value) === 0) {
    add(findings.randomPort.check(named, evidence));
    return;
  }
  const correction = CORRECTIONS[key];
  add(
    findings.invalidSetting.check(
      {
        ...named,
        key,
        expected,
        ...(value === undefined ? {} : { value }),
        ...(correction === undefined ? {} : { correction }),
      },
      evidence,
    ),
  );
}

const CORRECTIONS: Readonly<Record<string, string>> = {
  [SETTING_KEYS.port]: 'configure --port 10933',
  [SETTING_KEYS.listenIp]: 'configure --listenIpAddress any',
  [SETTING_KEYS.noListen]: 'configure --noListen False',
  [SETTING_KEYS.servers]: 'configure --reset-trust',
};

/** Whether the servers that are trusted can connect, and the ports that are open are needed. */
function checkTrust(instance: TentacleInstance, named: NamedInstance, add: AddCheck): void {
  const { servers, listens, port, invalid = [] } = instance;
  if (servers.length === 0) {
    if (invalid.some(({ key }) => key === SETTING_KEYS.servers)) return;
    add((listens ? findings.noTrust : findings.notConnected).check(named, evidenceOf(instance)));
    return;
  }
  const polled = thumbprintsOf(servers.filter(({ style }) => style === 'polling'));
  const waiting = thumbprintsOf(servers.filter(({ style }) => style !== 'polling'));
  const unpolled = waiting.filter((thumbprint) => !polled.includes(thumbprint));
  const evidence = evidenceOf(instance);
  if (listens) {
    if (polled.length > 0 && unpolled.length === 0) add(findings.listensAndPolls.check({ ...named, port }, evidence));
    const trusted = thumbprintsOf(servers.filter(({ thumbprint }) => isThumbprint(thumbprint)));
    if (trusted.length > 1) add(findings.severalTrusts.check({ ...named, thumbprints: trusted }, evidence));
  } else if (!invalid.some(({ key }) => key === SETTING_KEYS.port || key === SETTING_KEYS.listenIp)) {
    if (polled.length === 0) add(findings.noListen.check({ ...named, trusted: waiting.length }, evidence));
    else for (const thumbprint of unpolled) add(findings.unusedTrust.check({ ...named, thumbprint }, evidence));
  }
}

function checkServer(server: TrustedServer, named: NamedInstance, add: AddCheck): void {
  const { style } = server;
  const thumbprint = shown(server.thumbprint);
  const evidence = [describeServer(server)];
  if (!isThumbprint(server.thumbprint)) add(findings.badThumbprint.check({ ...named, thumbprint: server.thumbprint }));
  else if (style === 'polling' && !THUMBPRINT.test(server.thumbprint))
    add(findings.lowerCase.check({ ...named, thumbprint }, evidence));
  if (style !== 'polling') return;
  const address = server.address === undefined ? undefined : shown(server.address);
  if (address === undefined) add(findings.noPollingAddress.check({ ...named, thumbprint }, evidence));
  else if (!canBePolled(address)) add(findings.badPollingAddress.check({ ...named, thumbprint, address }, evidence));
  else if (server.subscription === undefined) add(findings.noSubscription.check({ ...named, address }, evidence));
}

function isThumbprint(text: string): boolean {
  return THUMBPRINT.test(text.toUpperCase());
}

function canBePolled(address: string): boolean {
  return URL.canParse(address) && ['https:', 'wss:'].includes(new URL(address).protocol);
}

/** What several entries, or an entry and a proxy, contradict each other in. */
function checkPolling({ servers, proxy, pollingProxy }: TentacleInstance, named: NamedInstance, add: AddCheck): void {
  const polled = servers.filter(({ style, address }) => style === 'polling' && address !== undefined);
  for (const address of new Set(polled.map((server) => addressOf(server)))) {
    const entries = polled.filter((server) => addressOf(server) === address);
    const thumbprints = thumbprintsOf(entries);
    if (thumbprints.length > 1)
      add(
        findings.polledTwice.check(
          { ...named, address: shown(address), thumbprints },
          entries.map((server) => describeServer(server)),
        ),
      );
  }
  if (polled.length > 0 && proxy?.use === 'custom' && pollingProxy?.use !== 'custom')
    add(
      findings.portalProxyOnly.check({ ...named, proxy: `${shown(proxy.host ?? '')}:${proxy.port ?? 80}` }, [
        `portal: ${describeProxy(proxy)}`,
        `polling: ${describeProxy(pollingProxy)}`,
      ]),
    );
}

/** With the port, so that the same address is one address however it is written. */
function addressOf({ address = '' }: TrustedServer): string {
  return URL.canParse(address) ? new URL(address).href : address;
}

interface BindContext {
  readonly named: NamedInstance;
  readonly interfaces: Interfaces;
  readonly add: AddCheck;
}

function checkBind(bind: string, { named, interfaces, add }: BindContext): void {
  const family = isIP(bind) === 6 ? 'ipv6' : 'ipv4';
  const own = new BlockList();
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  const infos = Object.values(interfaces).flatMap((list) => list ?? []);
  for (const { address, family: ownFamily } of infos) own.addAddress(address, ownFamily === 'IPv6' ? 'ipv6' : 'ipv4');
  const evidence = [`addresses of this host: ${infos.map(({ address }) => address).join(', ')}`];
  // A link-local address has its interface behind it.
  const plain = bind.replace(/%.*$/, '');
  if (loopback.check(plain, family)) add(findings.bindLoopback.check({ ...named, bind }, evidence));
  else if (infos.length > 0 && !isWildcard(plain) && !own.check(plain, family))
    add(findings.bindMissing.check({ ...named, bind }, evidence));
}

function evidenceOf(instance: TentacleInstance): readonly string[] {
  const { configFile, homeFolder, servers, proxy, pollingProxy, pollingConnections, overriddenBy = [] } = instance;
  return [
    `file: ${shown(configFile)}`,
    ...(homeFolder === undefined ? [] : [`home: ${shown(homeFolder)}`]),
    `own thumbprint: ${shown(instance.thumbprint ?? 'none')}`,
    ...servers.map((server) => describeServer(server)),
    ...(pollingConnections === undefined ? [] : [`connections per polled address: ${pollingConnections}`]),
    ...(proxy === undefined || proxy.use === 'none' ? [] : [`proxy for the portal: ${describeProxy(proxy)}`]),
    ...(pollingProxy === undefined || pollingProxy.use === 'none'
      ? []
      : [`proxy for polling: ${describeProxy(pollingProxy)}`]),
    ...(overriddenBy.length === 0 ? [] : [`replaced by the environment: ${overriddenBy.join(', ')}`]),
  ];
}

function describeServer({ thumbprint, style, address, subscription }: TrustedServer): string {
  if (style === 'polling')
    return `polls ${shown(address ?? 'no address')}, subscription ${shown(subscription ?? 'none')}, expects ${shown(thumbprint)}`;
  return `trusts ${shown(thumbprint)} (${style})`;
}

function describeProxy(proxy: ConfiguredProxy | undefined): string {
  if (proxy === undefined || proxy.use === 'none') return 'none';
  const user = proxy.user === undefined ? '' : `, user ${shown(proxy.user)}`;
  return proxy.use === 'system' ? `that of Windows${user}` : `${shown(proxy.host ?? '')}:${proxy.port ?? 80}${user}`;
}

/** Different thumbprints, in the case of the first one. */
function thumbprintsOf(servers: readonly TrustedServer[]): readonly string[] {
  return [...new Map(servers.map(({ thumbprint }) => [thumbprint.toUpperCase(), shown(thumbprint)])).values()];
}

/** One entry of each kind: a bad thumbprint is said once. */
function distinct(servers: readonly TrustedServer[]): readonly TrustedServer[] {
  const byKey = new Map<string, TrustedServer>();
  for (const server of servers) {
    const key = JSON.stringify([server.style, server.thumbprint, server.address, server.subscription]);
    if (!byKey.has(key)) byKey.set(key, server);
  }
  return [...byKey.values()];
}

function shown(text: string): string {
  return singleLine(text, SHOWN_MAX_CHARS);
}
