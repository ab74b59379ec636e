import { decodeText } from '../../text/decode-text.js';
import { pathsOf, readHostFile } from '../configuration/host-file.js';
import type { Host } from '../host.js';

/** The level from which Tentacle writes to its log. */
export type LogLevel =
  | { readonly kind: 'read'; readonly level: string; readonly source: string }
  | { readonly kind: 'unread'; readonly source: string; readonly detail: string };

const NLOG_MAX_BYTES = 1024 * 1024;

/** Replaces the variable of the file, if it is a level of NLog in its exact case. */
const LEVEL_VARIABLE = 'OCTOPUS__TENTACLE__LOGLEVEL';
const LEVELS = ['Trace', 'Debug', 'Info', 'Warn', 'Error', 'Fatal', 'Off'];

/** Reads the log level from the file beside the program, which has the same name on every platform. */
export async function readLogLevel(host: Host, program: string): Promise<LogLevel> {
  const paths = pathsOf(host);
  const source = paths.join(paths.dirname(program), 'Tentacle.exe.nlog');
  const file = await readHostFile(host, source, NLOG_MAX_BYTES);
  if (file.kind === 'unread') return { kind: 'unread', source, detail: file.place.detail ?? file.place.why };
  const found = await levelOf(decodeText(file.bytes));
  if (found === undefined) return { kind: 'unread', source, detail: 'it has no level for the log file' };
  const ofVariable = host.env[LEVEL_VARIABLE];
  if (found.isVariable && ofVariable !== undefined && LEVELS.includes(ofVariable))
    return { kind: 'read', level: ofVariable, source: LEVEL_VARIABLE };
  return { kind: 'read', level: found.level, source };
}

interface FoundLevel {
  readonly level: string;
  /** Whether it is the level of the variable, not one of the rule itself. */
  readonly isVariable: boolean;
}

/** The level of the rule that writes to the log file; versions before 6.2 have it in the rule, later ones in a variable. */
async function levelOf(text: string): Promise<FoundLevel | undefined> {
  const { default: xml } = await import('@rgrove/parse-xml');
  const { parseXml, XmlElement, XmlError } = xml;
  try {
    const elements: InstanceType<typeof XmlElement>[] = [];
    const collect = (element: InstanceType<typeof XmlElement>): void => {
      elements.push(element);
      for (const child of element.children) if (child instanceof XmlElement) collect(child);
    };
    const { root } = parseXml(text);
    if (root === null) return undefined;
    collect(root);
    const rule = elements.find(
      ({ name, attributes }) =>
        name === 'logger' && attributes['name'] === '*' && (attributes['writeTo'] ?? '').includes('octopus-log-file'),
    );
    const level = rule?.attributes['minlevel'] ?? rule?.attributes['minLevel'];
    if (level === undefined) return undefined;
    const variable = /^\$\{(?:var:)?(\w+)\}$/.exec(level)?.[1];
    if (variable === undefined) return { level, isVariable: false };
    const value = elements.find(({ name, attributes }) => name === 'variable' && attributes['name'] === variable);
    const ofVariable = value?.attributes['value'];
    return ofVariable === undefined ? undefined : { level: ofVariable, isVariable: true };
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}
