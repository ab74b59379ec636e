import { FormatError } from '../../text/format-error.js';
import { isSettingKey, SETTING_VARIABLES, type SettingKey, type Settings } from './setting-keys.js';

/**
 * Returns the settings of a configuration: a `Tentacle.config` (XML), a Kubernetes agent's ConfigMap `tentacle-config` (YAML
 * or JSON, as `kubectl get` prints it, or its data alone), or environment variables (`NAME=value` lines).
 * @throws FormatError in one line, with line and column but without text of the file, which has secrets.
 */
export async function parseSettings(text: string): Promise<Settings> {
  const trimmed = text.trimStart();
  if (trimmed === '') throw new FormatError('it is empty');
  if (trimmed.startsWith('<')) return parseXmlSettings(text);
  return isVariables(trimmed) ? parseVariables(text) : parseConfigMap(text);
}

/** A variable's name and `=` begin the first line that is neither blank nor a comment. */
function isVariables(text: string): boolean {
  const first = text.split('\n').find((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  return VARIABLE.test(first ?? '');
}

const VARIABLE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/;

async function parseXmlSettings(text: string): Promise<Settings> {
  const { default: xml } = await import('@rgrove/parse-xml');
  const { parseXml, XmlElement, XmlError } = xml;
  try {
    const { root } = parseXml(text);
    if (root?.name !== 'octopus-settings')
      throw new FormatError('its root element is not octopus-settings: it is not a configuration of Tentacle');
    const elements = root.children.filter((node) => node instanceof XmlElement);
    return collect(
      elements
        .filter(({ name }) => name === 'set')
        .map(({ attributes, text: value }) => [attributes['key'] ?? '', value] as const),
    );
  } catch (error) {
    if (error instanceof XmlError)
      throw new FormatError(`it is not valid XML (line ${error.line}, column ${error.column})`);
    throw error;
  }
}

async function parseConfigMap(text: string): Promise<Settings> {
  const { default: yaml } = await import('yaml');
  const { parseDocument } = yaml;
  // JSON is YAML too.
  const document = parseDocument(text, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = problem.linePos?.[0] ?? { line: 1, col: 1 };
    throw new FormatError(`it is not XML, YAML or JSON (line ${line}, column ${col})`);
  }
  const root: unknown = document.toJS({ maxAliasCount: 0 });
  const data = dataOf(root);
  const settings = collect(
    Object.entries(data).map(
      ([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
  );
  if (settings.size === 0)
    throw new FormatError(
      'it has no setting of Tentacle: neither Tentacle.config, ConfigMap nor environment variables',
    );
  return settings;
}

/** The `data` of the ConfigMap that has settings, also in a list of ConfigMaps; else the object itself. */
function dataOf(root: unknown): Record<string, unknown> {
  if (!isObject(root)) return {};
  const items = Array.isArray(root['items']) ? (root['items'] as readonly unknown[]) : [root];
  const maps = items.filter(isObject).map((item) => (isObject(item['data']) ? item['data'] : item));
  return maps.find((map) => Object.keys(map).some(isSettingKey)) ?? {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseVariables(text: string): Settings {
  const variables = text
    .split(/\r?\n/)
    .map((line) => VARIABLE.exec(line))
    .filter((match) => match !== null)
    .map(([, name = '', value = '']) => [name, value.trim()] as const);
  return settingsOfVariables(Object.fromEntries(variables));
}

/** The settings that environment variables have. */
export function settingsOfVariables(variables: Readonly<Record<string, string | undefined>>): Settings {
  const settings = new Map<SettingKey, string>();
  for (const [name, key] of Object.entries(SETTING_VARIABLES)) {
    const value = variables[name];
    if (value !== undefined && value.trim() !== '') settings.set(key, value);
  }
  return settings;
}

/** A blank value counts as none, and of a repeated key the last value, as Tentacle has it. */
function collect(entries: readonly (readonly [string, string])[]): Settings {
  const settings = new Map<SettingKey, string>();
  for (const [key, value] of entries) {
    if (!isSettingKey(key)) continue;
    if (value.trim() === '') settings.delete(key);
    else settings.set(key, value);
  }
  return settings;
}
