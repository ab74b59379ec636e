// Writes target files for Prometheus from an export of Octopus Server's deployment targets or workers, or from a CSV file.
// It needs only Node.js 20.19 or later:
//
//   node targets-from-octopus.mjs machines.json environments.json --output targets/tentacles.json
//
// FILE, any number of them, or - for the standard input:
//   - the list of the REST API, /api/Spaces-1/machines/all or /api/Spaces-1/workers/all
//   - the names of environments or spaces, /api/Spaces-1/environments/all or /api/spaces/all
//   - the output of: octopus deployment-target list --output-format json
//   - CSV with the columns host and thumbprint; with a first line of names also name, environment, role, space, module
//
// --output FILE       write the targets to this file in one step; without it, to the standard output
// --thumbprints FILE  also write "host:port THUMBPRINT" lines, for the option thumbprints_file of a module
// --module NAME       the module of tentacle-ping serve for these targets
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';
import { parseArgs } from 'node:util';

const NAME = 'targets-from-octopus';
const DEFAULT_PORT = 10933;

/** Names of machines that one message lists; it counts any further ones. */
const NAMES_MAX = 3;

/** An IPv6 address in CSV begins with a bracket too. */
const JSON_START = /^\s*(?:\{|\[\s*(?:[{\]]|$))/;

/** A mistake of the user: one line, and exit status 2. */
class InputError extends Error {}

/** Why machines have no target here. */
const REASONS = {
  TentacleActive: 'polling Tentacles, which connect to the server themselves',
  Ssh: 'SSH targets',
  OfflineDrop: 'offline package drops',
  None: 'cloud regions',
  Kubernetes: 'Kubernetes clusters',
  KubernetesTentacle: 'Kubernetes agents that poll',
};

class TargetList {
  /** By host and port: labels, thumbprint. */
  #targets = new Map();
  /** By the reason: names. */
  #messages = new Map();
  #names = new Map();

  /** Names of environments and spaces by their ids. */
  addNames(items) {
    for (const { Id, Name } of items) this.#names.set(Id, Name);
  }

  note(reason, name) {
    this.#messages.set(reason, [...(this.#messages.get(reason) ?? []), name]);
  }

  /** @param labels lists of values by the names of labels */
  add(target, labels, thumbprint) {
    const known = this.#targets.get(target);
    if (known === undefined) {
      this.#targets.set(target, { labels: new Map(Object.entries(labels)), thumbprint });
      return;
    }
    // Octopus can have one Tentacle several times. Two targets would be probed twice.
    this.note('joined targets that are listed more than once', target);
    for (const [name, values] of Object.entries(labels))
      known.labels.set(name, [...(known.labels.get(name) ?? []), ...values]);
    known.thumbprint ??= thumbprint;
    if (thumbprint !== undefined && known.thumbprint !== thumbprint)
      this.note('used the first of several thumbprints', target);
  }

  get isEmpty() {
    return this.#targets.size === 0;
  }

  /** Sorted, so that two files can be compared. */
  get #sorted() {
    return [...this.#targets].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  get groups() {
    return this.#sorted.map(([target, { labels }]) => ({ targets: [target], labels: this.#labelsOf(labels) }));
  }

  get thumbprintLines() {
    return this.#sorted.flatMap(([target, { thumbprint }]) =>
      thumbprint === undefined ? [] : [`${target} ${thumbprint}`],
    );
  }

  get messages() {
    return [...this.#messages].map(([reason, names]) => {
      const shown = names.slice(0, NAMES_MAX).map((name) => JSON.stringify(name));
      const more = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : '';
      return `${reason}: ${shown.join(', ')}${more}`;
    });
  }

  /** Several values are joined by commas, each only once. An empty label would not exist. */
  #labelsOf(labels) {
    const texts = [...labels].map(([name, values]) => {
      const known = values.filter(isText).map((value) => this.#names.get(value) ?? value);
      return [name, [...new Set(known)].sort().join(',')];
    });
    return Object.fromEntries(texts.filter(([, text]) => text !== ''));
  }
}

function isText(value) {
  return typeof value === 'string' && value !== '';
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(value) {
  return Array.isArray(value) ? value.filter(isText) : [];
}

/** @returns 40 hexadecimal digits; undefined for none. */
function thumbprintOf(value, where) {
  if (!isText(value) || value.trim() === '') return undefined;
  const digits = value.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
  if (!/^[0-9A-F]{40}$/.test(digits)) throw new InputError(`${where}: ${JSON.stringify(value)} is not a thumbprint`);
  return digits;
}

/** @returns host:port of https://host:port/; undefined for anything else. */
function targetOfUri(uri) {
  if (!isText(uri) || !URL.canParse(uri)) return undefined;
  const { protocol, hostname, port } = new URL(uri);
  return protocol === 'https:' && hostname !== '' ? `${hostname}:${port === '' ? 443 : port}` : undefined;
}

/** Style, address and thumbprint of a machine: of the REST API, of an agent in Kubernetes, or of the CLI, which has no thumbprint. */
function endpointOf(machine) {
  const endpoint = isObject(machine.Endpoint) ? machine.Endpoint : {};
  const agent = endpoint.TentacleEndpointConfiguration;
  if (isObject(agent) && agent.CommunicationMode === 'Listening')
    return { style: 'TentaclePassive', uri: agent.Uri, thumbprint: agent.Thumbprint };
  if (isText(endpoint.CommunicationStyle))
    return {
      style: endpoint.CommunicationStyle,
      uri: endpoint.Uri ?? machine.Uri,
      thumbprint: endpoint.Thumbprint ?? machine.Thumbprint,
      proxy: endpoint.ProxyId,
    };
  const details = isObject(machine.EndpointDetails) ? machine.EndpointDetails : {};
  return { style: machine.CommunicationStyle, uri: details.URI };
}

function addMachine(list, machine, { where, module }) {
  const name = isText(machine.Name) ? machine.Name : String(machine.Id);
  const { style, uri, thumbprint, proxy } = endpointOf(machine);
  if (style !== 'TentaclePassive') {
    const reason = Object.hasOwn(REASONS, style ?? '') ? REASONS[style] : `targets of the style ${JSON.stringify(style ?? '')}`;
    list.note(`skipped ${reason}`, name);
    return;
  }
  if (machine.IsDisabled === true) {
    list.note('skipped disabled machines', name);
    return;
  }
  const target = targetOfUri(uri);
  if (target === undefined) {
    list.note('skipped machines whose address is not https://HOST:PORT', name);
    return;
  }
  const environments = Array.isArray(machine.Environments) ? machine.Environments : machine.EnvironmentIds;
  // The CLI has the space only in the address of the page.
  const space = machine.SpaceId ?? /\/(Spaces-\d+)\//.exec(machine.WebUrl ?? '')?.[1];
  const labels = {
    module: [module],
    tentacle: [name],
    environment: texts(environments),
    role: texts(machine.Roles),
    space: [space],
    // For a rule of relabel_configs that selects a module with that proxy.
    proxy: [proxy],
  };
  list.add(target, labels, thumbprintOf(thumbprint, `${where}: ${JSON.stringify(name)}`));
}

function addJson(list, text, { where, module }) {
  let document;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${where}: this is not JSON: ${error.message}`);
  }
  const items = isObject(document) ? document.Items : document;
  if (!Array.isArray(items) || !items.every((item) => isObject(item) && isText(item.Id)))
    throw new InputError(`${where}: this is not a list of Octopus Server; export /api/Spaces-1/machines/all`);
  if (isObject(document) && document.TotalResults > items.length)
    throw new InputError(
      `${where}: only ${items.length} of ${document.TotalResults} items; export /machines/all, which has all`,
    );
  const isMachine = (item) => isObject(item.Endpoint) || isText(item.CommunicationStyle);
  // A machine whose kind the CLI does not know has neither.
  const isName = ({ Id }) => /^(Environments|Spaces)-\d+$/.test(Id);
  list.addNames(items.filter((item) => isName(item) && isText(item.Name)));
  for (const item of items) if (isMachine(item) || !isName(item)) addMachine(list, item, { where, module });
}

/** Splits a line of CSV. Values in quotation marks may have commas, and quotation marks twice. */
function fieldsOf(line) {
  const fields = [...line.matchAll(/(?:^|[,;])\s*(?:"((?:[^"]|"")*)"|([^,;]*))/g)];
  return fields.map(([, quoted, plain]) => (quoted ?? plain).replaceAll('""', '"').trim());
}

const CSV_COLUMNS = ['host', 'thumbprint', 'name', 'environment', 'role', 'space', 'module'];

function addCsv(list, text, { where, module }) {
  let columns = ['host', 'thumbprint'];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const fields = fieldsOf(line);
    if (index === 0 && fields[0].toLowerCase() === 'host') {
      columns = fields.map((field) => field.toLowerCase());
      const unknown = columns.find((column) => !CSV_COLUMNS.includes(column));
      if (unknown !== undefined)
        throw new InputError(`${where}:1: unknown column ${JSON.stringify(unknown)}; use ${CSV_COLUMNS.join(', ')}`);
      continue;
    }
    const place = `${where}:${index + 1}`;
    if (fields.length > columns.length)
      throw new InputError(`${place}: ${fields.length} values for ${columns.length} columns`);
    const row = Object.fromEntries(columns.map((column, i) => [column, fields[i] ?? '']));
    const target = targetOfHost(row.host);
    if (target === undefined) throw new InputError(`${place}: ${JSON.stringify(row.host)} is not HOST or HOST:PORT`);
    const labels = {
      module: [row.module || module],
      tentacle: [row.name],
      environment: [row.environment],
      role: [row.role],
      space: [row.space],
    };
    list.add(target, labels, thumbprintOf(row.thumbprint, place));
  }
}

/** @returns host:port; undefined for anything else. */
function targetOfHost(host) {
  if (host.startsWith('https://')) return targetOfUri(host);
  const [, name, port] = /^(\[[0-9A-Fa-f:.]+\]|[^\s:/"]+)(?::(\d{1,5}))?$/.exec(host) ?? [];
  if (name === undefined || Number(port ?? DEFAULT_PORT) > 65_535 || Number(port) === 0) return undefined;
  return `${name}:${port ?? DEFAULT_PORT}`;
}

function readInput(file) {
  try {
    // 0 is the standard input. Exports of Windows programs have a byte order mark.
    return readFileSync(file === '-' ? 0 : file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${error.code}`);
  }
}

/** Prometheus reads the file whenever it changes, so that it is replaced in one step. */
function writeOutput(file, text) {
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, file);
  } catch (error) {
    throw new InputError(`${file} cannot be written: ${error.code}`);
  }
}

function argumentsOf(argv) {
  const string = { type: 'string' };
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: { output: string, thumbprints: string, module: string },
    });
  } catch (error) {
    throw new InputError(error.message);
  }
}

/** @throws InputError */
function run(argv) {
  const { positionals: files, values } = argumentsOf(argv);
  const { output, thumbprints, module } = values;
  if (files.length === 0)
    throw new InputError(
      'a file is missing; use node targets-from-octopus.mjs machines.json --output targets/tentacles.json',
    );
  if (module !== undefined && !/^[A-Za-z0-9_.-]{1,60}$/.test(module))
    throw new InputError(`--module: ${JSON.stringify(module)} is not the name of a module`);
  const list = new TargetList();
  for (const where of files) {
    const text = readInput(where);
    (JSON_START.test(text) ? addJson : addCsv)(list, text, { where, module });
  }
  const { messages } = list;
  if (list.isEmpty)
    throw new InputError([`${files.join(', ')}: no listening Tentacle is in use`, ...messages].join('; '));
  for (const message of messages) process.stderr.write(`${NAME}: ${message}\n`);
  const text = `${JSON.stringify(list.groups, undefined, 2)}\n`;
  if (thumbprints !== undefined) {
    const lines = list.thumbprintLines;
    if (lines.length < list.groups.length)
      process.stderr.write(`${NAME}: ${list.groups.length - lines.length} targets have no thumbprint in these files\n`);
    writeOutput(thumbprints, lines.map((line) => `${line}\n`).join(''));
  }
  if (output === undefined) process.stdout.write(text);
  else writeOutput(output, text);
}

try {
  run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`${NAME}: ${error.message.replaceAll(/\s+/g, ' ')}\n`);
  process.exitCode = 2;
}
