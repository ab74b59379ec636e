import { existsSync } from 'node:fs';
import type { AddCheck, CheckContext, CheckGroupDefinition } from '../check-context.js';
import { homeFindings as findings } from '../../diagnostics/checks/home.js';
import type { TentacleInstance } from '../configuration/configuration.js';
import { hostPath, pathsOf } from '../configuration/host-file.js';
import type { Host } from '../host.js';
import { findServices, serviceOf } from '../tentacle/find-services.js';
import type { FoundServices, TentacleService } from '../tentacle/service.js';
import { type AccessRequest, checkLinuxAccess } from './check-linux-access.js';
import { checkWindowsAccess } from './check-windows-access.js';
import { checkDisk } from './check-disk.js';
import type { NeededFolder } from './needed-folder.js';

/** Whether the account of the service has the folders of its instance to itself, with space to write. */
export const homeGroup: CheckGroupDefinition = {
  name: 'home',
  title: 'Home folder',
  // It visits some ten thousand files.
  timeoutMs: 9000,
  run: async (context: CheckContext, add: AddCheck) => {
    const { host } = context;
    const { instances } = await context.configuration;
    const services = await findServices(host);
    if (instances.length === 0) {
      await checkDefaultFolders({ services, context, add });
      return;
    }
    await Promise.all(instances.map(async (instance) => checkInstance({ instance, services, context, add })));
  },
};

/** The folders of the installers, for a Tentacle whose configuration could not be read. */
function defaultFolders({ instance = 'Tentacle' }: TentacleService, { platform }: Host): readonly NeededFolder[] {
  if (platform === 'win32') return [{ path: 'C:\\Octopus', use: 'home' }];
  return [
    // Any account can start a process whose command line has a path in place of a name.
    ...(/^\w[\w .-]*$/.test(instance) ? [{ path: `/etc/octopus/${instance}`, use: 'home' } as const] : []),
    { path: '/home/Octopus/Applications', use: 'applications' },
  ];
}

/** Checks the default folders for a service without a readable configuration. */
async function checkDefaultFolders({ services, context, add }: Omit<InstanceCheck, 'instance'>): Promise<void> {
  const { host } = context;
  const [service] = services.kind === 'found' ? services.services : [];
  const folders = service === undefined ? [] : defaultFolders(service, host);
  const existing = folders.filter(({ path }) => existsSync(hostPath(host, path)));
  if (service === undefined || existing.length === 0) {
    add(findings.none.check({}));
    return;
  }
  await Promise.all(existing.map(async (folder) => checkFolder({ folder, service, context, add })));
}

interface InstanceCheck {
  readonly instance: TentacleInstance;
  readonly services: FoundServices;
  readonly context: CheckContext;
  readonly add: AddCheck;
}

async function checkInstance({ instance, services, context, add }: InstanceCheck): Promise<void> {
  const { host } = context;
  const service = services.kind === 'found' ? serviceOf(instance, services.services, host) : undefined;
  const folders = foldersOf(instance, host);
  const [first] = folders;
  if (service === undefined && first !== undefined) {
    const why =
      services.kind === 'unknown' ? services.why : (services.hidden ?? 'no service or process runs this instance');
    add(findings.accountUnknown.check({ folder: first.path, why }));
  }
  await Promise.all(
    folders.map(async (folder) =>
      service === undefined ? checkDisk(folder.path, host, add) : checkFolder({ folder, service, context, add }),
    ),
  );
}

async function checkFolder(request: AccessRequest): Promise<void> {
  const { folder, context, add } = request;
  if (await checkDisk(folder.path, context.host, add)) await checkAccess(request);
}

/** The home folder, and the folder of applications where it is elsewhere. */
function foldersOf({ homeFolder, applicationFolder }: TentacleInstance, host: Host): readonly NeededFolder[] {
  const home = homeFolder === undefined ? [] : [{ path: homeFolder, use: 'home' } as const];
  if (applicationFolder === undefined) return home;
  const { sep } = pathsOf(host);
  const isBelowHome = homeFolder !== undefined && `${applicationFolder}${sep}`.startsWith(`${homeFolder}${sep}`);
  return isBelowHome ? home : [...home, { path: applicationFolder, use: 'applications' }];
}

async function checkAccess(request: AccessRequest): Promise<void> {
  const { folder, service, context, add } = request;
  if (service.isAllPowerful)
    add(findings.privileged.check({ folder: folder.path, account: service.account }, [`service ${service.name}`]));
  else if (context.host.platform === 'win32') await checkWindowsAccess(request);
  else await checkLinuxAccess(request);
}
