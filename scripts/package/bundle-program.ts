import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type DividedProgram, divideProgram, type ImportingChunk } from './divide-program.js';
import { type Chunk, joinChunks, joinEntry } from './join-chunks.js';
import type { PackagedProgram } from './program.js';

/** A program in as few files as possible, with everything that it needs except Node.js. */
export interface Bundle {
  /** The file to start. */
  readonly entry: string;
  /** Files that went into it, as paths below the root. */
  readonly inputs: readonly string[];
}

/**
 * Bundles a program as CommonJS: a file to start, and a file for each part that only some commands need. Each part runs when
 * it is first used. ES modules would start more slowly: Node loads them with a loader that has to be loaded itself, and runs
 * all that a module imports.
 * @param maps the folder for source maps; absent: there are none.
 */
export async function bundleModules(
  program: PackagedProgram,
  version: string,
  folder: URL,
  maps?: URL,
): Promise<Bundle> {
  const divided = await divideProgram(program, version);
  const [first, ...others] = groupChunks(program, divided);
  const files = [
    joinEntry(`${program.name}.js`, entryOf(program, divided), first.chunks, others),
    ...others.map(({ file, chunks }) => joinChunks(file, chunks)),
  ];
  for (const url of [folder, maps]) if (url !== undefined) await mkdir(new URL('chunks/', url), { recursive: true });
  // The package.json of the sources says that files are ES modules.
  await writeFile(new URL('package.json', folder), '{ "type": "commonjs" }\n');
  for (const { name, text, map } of files) {
    await writeFile(new URL(name, folder), text, { mode: name.startsWith('chunks/') ? 0o644 : 0o755 });
    // Source maps are as large as the program: they lie apart, for reading stacks.
    if (maps !== undefined) await writeFile(new URL(`${name}.map`, maps), map);
  }
  return { entry: fileURLToPath(new URL(`${program.name}.js`, folder)), inputs: divided.inputs };
}

/** Bundles a program as one CommonJS file, which is what a single executable can hold. */
export async function bundleFile(program: PackagedProgram, version: string, folder: URL): Promise<Bundle> {
  const divided = await divideProgram(program, version);
  const file = new URL(`${program.name}.cjs`, folder);
  await mkdir(folder, { recursive: true });
  await writeFile(file, joinEntry(`${program.name}.cjs`, entryOf(program, divided), divided.chunks, []).text);
  return { entry: fileURLToPath(file), inputs: divided.inputs };
}

/** Chunks for one file. */
interface ChunkGroup {
  readonly file: string;
  readonly chunks: readonly Chunk[];
}

/**
 * The chunks of the entry, those of every start, then those of each set of usual commands and parts that need the same, then each other chunk
 * alone: a file takes 0.2 ms to load, whatever its size.
 */
function groupChunks(
  program: PackagedProgram,
  divided: DividedProgram,
): readonly [first: ChunkGroup, ...others: ChunkGroup[]] {
  const { folder, name, starts, apart } = program;
  const { chunks, idOf } = divided;
  const parts = Object.entries(apart).map(([part, modules]) => [part, modules.map(idOf)] as const);
  const partIds = new Set(parts.flatMap(([, ids]) => ids));
  const reached = (ids: readonly string[]): ReadonlySet<string> => reachedFrom(ids, chunks, partIds);
  const compiled = (module: string): string => idOf(`packages/${folder}/dist/${module}`);
  // Small: it decides where compiled code is kept, and is itself compiled at each start.
  const first = reached([entryOf(program, divided)]);
  const always = reached([compiled('main.js')]);
  const users = [
    ...Object.entries(starts).map(([start, modules]) => [start, reached(modules.map(compiled))] as const),
    ...parts.map(([part, ids]) => [part, reached(ids)] as const),
  ];
  const groups = new Map<string, Chunk[]>();
  for (const chunk of chunks.filter(({ id }) => !first.has(id))) {
    const names = always.has(chunk.id) ? ['main'] : users.filter(([, ids]) => ids.has(chunk.id)).map(([user]) => user);
    const file = `chunks/${names.length === 0 ? chunk.id : names.join('-')}.js`;
    groups.set(file, [...(groups.get(file) ?? []), chunk]);
  }
  return [
    { file: `${name}.js`, chunks: chunks.filter(({ id }) => first.has(id)) },
    ...[...groups].map(([file, of]) => ({ file, chunks: of })),
  ];
}

/** The chunks that these import statically, and they themselves. Parts are not: they run only where they are used. */
function reachedFrom(
  ids: readonly string[],
  chunks: readonly ImportingChunk[],
  parts: ReadonlySet<string>,
): ReadonlySet<string> {
  const found = new Set(ids);
  for (const id of found)
    for (const imported of chunks.find((chunk) => chunk.id === id)?.imports ?? [])
      if (!parts.has(imported)) found.add(imported);
  return found;
}

/** The chunk to start with. */
function entryOf({ folder, name }: PackagedProgram, { idOf }: DividedProgram): string {
  return idOf(`packages/${folder}/bin/${name}.js`);
}
