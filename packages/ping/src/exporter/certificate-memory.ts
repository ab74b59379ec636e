import { RecentTargets } from './recent-targets.js';

/** How often the certificate of each target changed, as far as this process has seen. */
export class CertificateMemory {
  readonly #targets = new RecentTargets<{ readonly thumbprint: string; readonly changes: number }>();

  /** Takes in the thumbprint of a probe; undefined: it saw none. @returns how many changes were seen. */
  changes(target: string, thumbprint: string | undefined): number {
    const known = this.#targets.get(target);
    if (thumbprint === undefined) return known?.changes ?? 0;
    const isChanged = known !== undefined && known.thumbprint !== thumbprint;
    const changes = (known?.changes ?? 0) + (isChanged ? 1 : 0);
    this.#targets.set(target, { thumbprint, changes });
    return changes;
  }
}
