import type { AddCheck, CheckContext, CheckGroupDefinition } from '../check-context.js';
import { configurationFindings as findings } from '../../diagnostics/checks/configuration.js';
import type { Configuration, UnreadPlace } from './configuration.js';
import { checkInstance } from './check-instance.js';
import { checkSharedPorts } from './check-shared-ports.js';
import { instanceOption } from './instance-option.js';
import { instancesFolder } from './registered-instances.js';

/** The configuration that is in force, and what in it cannot work. */
export const configurationGroup: CheckGroupDefinition = {
  name: 'configuration',
  title: 'Configuration',
  // It reads a few small files; on Windows it runs one command.
  timeoutMs: 5000,
  run: async (context: CheckContext, add: AddCheck) => {
    const configuration = await context.configuration;
    checkSelection(context, configuration, add);
    for (const place of configuration.unread) addUnread(place, add);
    for (const instance of configuration.instances) checkInstance(instance, context.host.interfaces, add);
    checkSharedPorts(configuration.instances, add);
  },
};

/** Whether what was asked for exists, and is what the service reads. */
function checkSelection({ host, options }: CheckContext, configuration: Configuration, add: AddCheck): void {
  const { instances, unread, registered = [] } = configuration;
  const { instance, configFile } = options;
  const names = registered.map(({ name }) => name);
  if (configFile !== undefined) {
    const [file] = instances;
    const paths = registered.map(({ configFile: path }) => path);
    if (file?.isRegistered === false && paths.length > 0)
      add(findings.notRegistered.check({ path: file.configFile, registered: paths }));
  } else if (
    instance !== undefined &&
    instances.length === 0 &&
    unread.every((place) => place.instance === undefined)
  ) {
    add(findings.instanceNotFound.check({ instance, names }));
  } else if (instances.length === 0 && unread.length === 0) {
    add(findings.noInstance.check({ folder: instancesFolder(host) }));
  }
}

function addUnread({ path, why, detail = '', instance }: UnreadPlace, add: AddCheck): void {
  const facts = {
    path,
    ...(instance === undefined
      ? {}
      : { instance, option: instanceOption({ name: instance, configFile: path, isRegistered: true }) }),
  };
  const evidence = [`${path}: ${detail}`];
  if (why === 'missing') add(findings.missing.check(facts, evidence));
  else if (why === 'denied') add(findings.denied.check(facts, evidence));
  else add(findings.malformed.check({ ...facts, detail }, evidence));
}
