import type { CommandDefinition } from 'tentacle-protocol/cli';

/** A module of a program, as built. */
async function built<Module>(path: string): Promise<Module> {
  return (await import(new URL(`../../../${path}`, import.meta.url).href)) as Module;
}

/** Editors read unquoted values such as `5` as numbers; tentacle-ping reads texts. */
const VALUE = { type: ['string', 'number'] };

/** The schema of the file of modules of `tentacle-ping serve`, for editors. */
export async function moduleSchema(): Promise<string> {
  const { MODULE_OPTIONS, POLLING_OPTIONS } = await built<
    typeof import('../../packages/ping/src/options/definitions.js')
  >('packages/ping/dist/options/definitions.js');
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Modules of tentacle-ping serve',
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      targets: {
        description: 'Targets that may be probed, with * for any characters of a host. Without it, any target.',
        type: 'array',
        items: { type: 'string' },
      },
      modules: {
        type: ['object', 'null'],
        propertyNames: { pattern: '^[A-Za-z0-9_.-]{1,60}$' },
        maxProperties: 100,
        additionalProperties: optionsSchema(MODULE_OPTIONS),
      },
      polling: optionsSchema(POLLING_OPTIONS),
    },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** Each option by its name, and with underscores in place of dashes. */
function optionsSchema(options: CommandDefinition['options']): object {
  const properties = Object.entries(options).flatMap(([name, { describe, type, array }]) => {
    const value = type === 'boolean' ? { type: 'boolean' } : VALUE;
    const schema = array === true ? { anyOf: [value, { type: 'array', items: value }] } : value;
    return [...new Set([name, name.replaceAll('-', '_')])].map((key) => [key, { description: describe, ...schema }]);
  });
  return {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: Object.fromEntries(properties) as object,
  };
}
