import type { Environment } from '../../cli/environment.js';
import { formatSize } from '../../text/units.js';
import { quote } from '../../text/sanitize.js';
import { buildBundle, type BundleContent } from './build-bundle.js';
import { createFile } from './bundle-file.js';

/**
 * Writes the zip file of `--bundle`, and reports it on stderr. A run that was stopped leaves no file.
 * @throws UsageError where it cannot be written.
 */
export async function writeBundle(
  path: string,
  content: Omit<BundleContent, 'runtime'>,
  { stop, stderr, runtime }: Pick<Environment, 'stop' | 'stderr' | 'runtime'>,
): Promise<void> {
  const bytes = await buildBundle({ ...content, runtime });
  // From here on nothing waits, so that Ctrl+C cannot come in between.
  if (stop.aborted) {
    stderr('bundle: not written, because the check was stopped\n');
    return;
  }
  createFile(path, bytes);
  stderr(`bundle: ${quote(path)}, ${formatSize(bytes.length)}; read it before you send it\n`);
}
