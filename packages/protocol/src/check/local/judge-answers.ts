import type { Check } from '../../diagnostics/checks/check.js';
import { localFindings } from '../../diagnostics/checks/local.js';
import type { PortListener } from '../../host/port-listeners.js';
import type { PageSource } from '../../http/landing-page.js';
import { isOctopusCertificate, type CertificateFacts } from '../../identity/certificate.js';
import type { TentacleInstance } from '../configuration/configuration.js';
import type { LocalAnswer } from './fetch-local-page.js';

/** What answers are judged by. */
export interface AnswersQuestion {
  readonly port: number;
  /** The instances that listen on the port by their configuration. */
  readonly instances: readonly TentacleInstance[];
  /** All instances of this host. */
  readonly others: readonly TentacleInstance[];
  /** Undefined where the sockets could not be read. */
  readonly listeners: readonly PortListener[] | undefined;
  readonly answers: readonly LocalAnswer[];
}

/** Judges what answered at the addresses of this host. */
export function judgeAnswers(question: AnswersQuestion): readonly Check[] {
  const { port, answers } = question;
  const answered = answers.filter(({ certificate }) => certificate !== undefined);
  const failed = answers.filter(({ certificate }) => certificate === undefined);
  const lines = answers.map(({ line }) => line);
  if (answered.length === 0) {
    // Addresses that it is not bound to say nothing about it.
    const bound = failed.filter(({ address }) => question.listeners?.some((listener) => covers(listener, address)));
    const failure = (bound[0] ?? failed[0])?.failure ?? 'tcp.refused';
    const isUnproven =
      question.listeners === undefined && failed.every((one) => one.failure?.startsWith('tcp.') === true);
    const finding = isUnproven ? localFindings.noConnection : localFindings.noAnswer;
    return [finding.check({ port, failure }, lines)];
  }
  return [
    ...judgeAuthors(question, answered),
    ...(failed.length === 0 ? [] : judgeFailed(question, answered, failed)),
    ...judgeThumbprints(question, answered),
  ];
}

const PROGRAMS: Readonly<Record<PageSource, string>> = {
  tentacle: 'A Tentacle',
  'octopus-server': 'An Octopus Server',
  'octopus-portal': 'The portal of an Octopus Server',
  pong: 'tentacle-pong',
  ping: 'tentacle-ping',
  'legacy-pong': 'TentaclePong',
  halibut: 'A Halibut service',
  'web-server': 'A web server',
  unknown: 'An unknown TLS service',
};

/** Programs that stand in for a Tentacle: the page may be one that its administrator wrote. */
const TENTACLES: readonly (PageSource | undefined)[] = ['tentacle', 'pong', 'halibut'];

function judgeAuthors({ port, instances }: AnswersQuestion, answered: readonly LocalAnswer[]): readonly Check[] {
  const authors = new Set(answered.map(({ author }) => author ?? 'unknown'));
  return [...authors].map((author) => {
    const from = answered.filter((answer) => (answer.author ?? 'unknown') === author);
    const addresses = from.map(({ address }) => address);
    const what = PROGRAMS[author];
    const lines = from.map(({ line }) => line);
    if (instances.length > 0 && !TENTACLES.includes(author))
      return localFindings.notATentacle.check({ port, what, addresses }, lines);
    const elapsedMs = Math.ceil(Math.max(...from.map(({ elapsedUs }) => elapsedUs)) / 1000);
    return localFindings.answers.check({ port, what, addresses, elapsedMs }, lines);
  });
}

function judgeFailed(
  { port, listeners }: AnswersQuestion,
  answered: readonly LocalAnswer[],
  failed: readonly LocalAnswer[],
): readonly Check[] {
  const addressesOf = (answers: readonly LocalAnswer[]): readonly string[] => answers.map(({ address }) => address);
  const facts = (some: readonly LocalAnswer[]) => ({
    port,
    answered: addressesOf(answered),
    failed: addressesOf(some),
  });
  const linesOf = (some: readonly LocalAnswer[]): readonly string[] => [...answered, ...some].map(({ line }) => line);
  if (listeners === undefined) return [localFindings.unanswered.check(facts(failed), linesOf(failed))];
  const isBound = ({ address }: LocalAnswer): boolean => listeners.some((listener) => covers(listener, address));
  const blocked = failed.filter(isBound);
  const unbound = failed.filter((answer) => !isBound(answer));
  const isLoopbackOnly = listeners.every(({ address }) => isLoopback(address));
  // The other loopback address is of no use to other hosts.
  const outer = unbound.filter(({ address }) => !isLoopback(address));
  const finding = isLoopbackOnly ? localFindings.loopbackOnly : localFindings.notBound;
  return [
    ...(blocked.length === 0 ? [] : [localFindings.blocked.check(facts(blocked), linesOf(blocked))]),
    ...(outer.length === 0 ? [] : [finding.check(facts(outer), linesOf(outer))]),
  ];
}

function judgeThumbprints(question: AnswersQuestion, answered: readonly LocalAnswer[]): readonly Check[] {
  const { port, instances } = question;
  const presented = new Map(answered.map((answer) => [answer.certificate?.thumbprint, answer]));
  const lines = answered.map(({ line }) => line);
  const varies =
    presented.size < 2 ? [] : [localFindings.thumbprintVaries.check({ port, number: presented.size }, lines)];
  const [instance] = instances;
  const configured = instance?.thumbprint;
  if (instance === undefined || configured === undefined) return varies;
  const others = [...presented.values()].filter(({ certificate }) => certificate?.thumbprint !== configured);
  const facts = { port, instance: instance.name, configured };
  if (others.length === 0) return [localFindings.thumbprintMatches.check(facts, lines)];
  const differences = others.flatMap(({ certificate, author, line }) =>
    certificate === undefined
      ? []
      : [
          localFindings.thumbprintDiffers.check(
            { ...facts, presented: certificate.thumbprint, owner: ownerOf(certificate, author, question.others) },
            [line],
          ),
        ],
  );
  return [...differences, ...varies];
}

type Owner = Parameters<typeof localFindings.thumbprintDiffers.check>[0]['owner'];

function ownerOf(
  certificate: CertificateFacts,
  author: PageSource | undefined,
  instances: readonly TentacleInstance[],
): Owner {
  const instance = instances.find(({ thumbprint }) => thumbprint === certificate.thumbprint);
  if (instance !== undefined) return { kind: 'instance', name: instance.name };
  if (author === 'pong') return { kind: 'pong' };
  if (!certificate.selfSigned) return { kind: 'issued', issuer: certificate.issuer.slice(0, 100) };
  return isOctopusCertificate(certificate) ? { kind: 'octopus' } : { kind: 'unknown' };
}

/** Whether a listener accepts connections to an address. One at `::` accepts IPv4 too, unless it asked not to. */
function covers(listener: PortListener, address: string): boolean {
  if (listener.address === '::') return true;
  if (listener.address === '0.0.0.0') return !address.includes(':');
  return listener.address === address;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
