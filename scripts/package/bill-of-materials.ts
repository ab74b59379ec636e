import { NODE_VERSION } from './node-binary.js';
import type { PackagedProgram } from './program.js';
import type { BundledPackage } from './third-party-licenses.js';

/**
 * The software bill of materials of a program (CycloneDX 1.6, JSON): what is in its bundle and, of the executables, Node.js.
 * `npm sbom` would list what is installed, of which the bundles contain a part. It has no time and no serial number, so
 * that two builds are equal.
 */
export function billOfMaterials(
  program: PackagedProgram,
  version: string,
  packages: readonly BundledPackage[],
): string {
  const components = packages.map(({ name, version, license }) => component(name, version, license));
  const node = { type: 'platform', name: 'Node.js', version: NODE_VERSION, purl: `pkg:generic/node@${NODE_VERSION}` };
  const own = { ...component(program.name, version, 'Apache-2.0'), type: 'application' };
  return `${JSON.stringify(
    {
      $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: { component: own },
      components: [...components, { ...node, 'bom-ref': node.purl }],
      dependencies: [{ ref: own['bom-ref'], dependsOn: [...components.map((each) => each['bom-ref']), node.purl] }],
    },
    undefined,
    2,
  )}\n`;
}

function component(name: string, version: string, license: string) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const isExpression = /\s/.test(license);
  return {
    type: 'library',
    name,
    version,
    purl,
    'bom-ref': purl,
    licenses: [isExpression ? { expression: license } : { license: { id: license } }],
  };
}
