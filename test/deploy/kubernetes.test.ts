import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { parseModuleFile } from '../../packages/ping/src/exporter/module-file.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { ROOT } from '../project/source-files.js';

type Labels = Readonly<Record<string, string>>;

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Labels };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

interface DeploymentSpec {
  readonly selector: { readonly matchLabels: Labels };
  readonly template: {
    readonly metadata: { readonly labels: Labels };
    readonly spec: {
      readonly serviceAccountName: string;
      readonly securityContext: object;
      readonly containers: readonly Container[];
      readonly volumes: readonly {
        readonly name: string;
        readonly configMap?: { readonly name: string };
        readonly persistentVolumeClaim?: { readonly claimName: string };
      }[];
    };
  };
}

interface Container {
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe: HttpProbe;
  readonly readinessProbe: HttpProbe;
  readonly resources: { readonly limits: Labels; readonly requests: Labels };
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface HttpProbe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

const FOLDER = join(ROOT, 'deploy/kubernetes');

/** The version of the API of each kind. */
const VERSIONS: Readonly<Record<string, string>> = {
  ServiceAccount: 'v1',
  ConfigMap: 'v1',
  PersistentVolumeClaim: 'v1',
  Service: 'v1',
  Deployment: 'apps/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  ServiceMonitor: 'monitoring.coreos.com/v1',
  Probe: 'monitoring.coreos.com/v1',
};

function resourcesIn(file: string): Resource[] {
  const documents = parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'), { uniqueKeys: true });
  return documents.map((document) => {
    expect('errors' in document ? document.errors : ['empty']).toEqual([]);
    return (document as { toJS: () => Resource }).toJS();
  });
}

const resources = [...resourcesIn('tentacle-ping.yaml'), ...resourcesIn('prometheus-operator.yaml')];

function specOf<Spec>(kind: string): Spec {
  const found = resources.find((resource) => resource.kind === kind);
  expect(found, kind).toBeDefined();
  return found?.spec as Spec;
}

const isSelectedBy = (labels: Labels, selector: Labels): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

describe('manifests for Kubernetes', () => {
  const { selector, template } = specOf<DeploymentSpec>('Deployment');
  const pod = template.metadata.labels;
  const [container] = template.spec.containers as [Container];
  const [port] = container.ports as [Container['ports'][number]];

  it('have kinds with the version of their API, in one namespace', () => {
    expect(new Set(resources.map(({ kind }) => kind))).toEqual(new Set(Object.keys(VERSIONS)));
    for (const { kind, apiVersion, metadata } of resources) {
      expect([kind, apiVersion]).toEqual([kind, VERSIONS[kind]]);
      expect(metadata.namespace).toBe('monitoring');
      expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    }
  });

  it('have selectors that match', () => {
    expect(isSelectedBy(pod, selector.matchLabels)).toBe(true);
    expect(isSelectedBy(pod, specOf<{ selector: Labels }>('Service').selector)).toBe(true);
    const policy = specOf<{ podSelector: { matchLabels: Labels } }>('NetworkPolicy');
    expect(isSelectedBy(pod, policy.podSelector.matchLabels)).toBe(true);
    const service = resources.find(({ kind }) => kind === 'Service');
    const monitor = specOf<{ selector: { matchLabels: Labels } }>('ServiceMonitor');
    expect(isSelectedBy(service?.metadata.labels ?? {}, monitor.selector.matchLabels)).toBe(true);
  });

  it('have ports that exist', () => {
    const service = specOf<{ ports: readonly { name: string; port: number; targetPort: string }[] }>('Service');
    expect(service.ports).toEqual([{ name: 'http', port: 9933, targetPort: port.name, protocol: 'TCP' }]);
    const monitor = specOf<{ endpoints: readonly { port: string }[] }>('ServiceMonitor');
    expect(monitor.endpoints.map((endpoint) => endpoint.port)).toEqual([service.ports[0]?.name]);
    const { prober } = specOf<{ prober: { url: string; path: string } }>('Probe');
    expect(prober).toMatchObject({ url: 'tentacle-ping.monitoring.svc:9933', path: '/probe' });
    for (const { httpGet } of [container.livenessProbe, container.readinessProbe]) expect(httpGet.port).toBe(port.name);
  });

  it('have volumes that exist', () => {
    const named = (kind: string): string[] => resources.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
    const { volumes, serviceAccountName } = template.spec;
    expect(volumes.map(({ name }) => name).sort()).toEqual(container.volumeMounts.map(({ name }) => name).sort());
    for (const { configMap, persistentVolumeClaim } of volumes)
      expect([...named('ConfigMap'), ...named('PersistentVolumeClaim')]).toContain(
        configMap?.name ?? persistentVolumeClaim?.claimName,
      );
    expect(named('ServiceAccount')).toContain(serviceAccountName);
  });

  it('run without rights, and with limits', () => {
    expect(template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      // Otherwise a mount opens the key to the group.
      fsGroupChangePolicy: 'OnRootMismatch',
    });
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources.limits['memory']).toBeDefined();
  });

  it('start the program with options and a file that it accepts', async () => {
    expect((await parseArguments(PING, container.args)).kind).toBe('run');
    const modules = resources.find(({ kind }) => kind === 'ConfigMap')?.data?.['modules.yaml'] ?? '';
    expect(parseModuleFile(modules, 'modules.yaml').modules.map(({ name }) => name)).toContain('default');
    expect(container.args).toContain('/etc/tentacle-ping/modules.yaml');
  });

  it('have the jobs that alerts and the dashboard select', () => {
    expect(specOf<{ jobName: string }>('Probe').jobName).toBe('tentacle-probe');
    const { endpoints } = specOf<{ endpoints: readonly { relabelings: readonly object[] }[] }>('ServiceMonitor');
    expect(endpoints[0]?.relabelings).toEqual([{ targetLabel: 'job', replacement: 'tentacle-exporter' }]);
  });
});
