import type { TentacleInstance } from './configuration.js';

/** Names and paths that mean the same in every shell; for another one, the command has a word in its place. */
const PLAIN = /^[\w .:/\\-]+$/;

/** The option that names an instance in a command of Tentacle. */
export function instanceOption({
  name,
  configFile,
  isRegistered,
}: Pick<TentacleInstance, 'name' | 'configFile' | 'isRegistered'>): string {
  const [option, value] = isRegistered === true ? ['--instance', name] : ['--config', configFile];
  return `${option} ${PLAIN.test(value) ? `"${value}"` : isRegistered === true ? 'NAME' : 'FILE'}`;
}
