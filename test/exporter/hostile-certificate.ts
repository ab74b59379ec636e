import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_KEY } from '../identities.js';

/** A certificate whose names are this text, with its key, in PEM. At most 64 characters, which X.509 allows. */
export function createHostileCertificate(text: string): { readonly cert: string; readonly key: string } {
  const name = text.slice(0, 64).replaceAll(/[/\\+]/g, String.raw`\$&`);
  const key = join(mkdtempSync(join(tmpdir(), 'tentacle-hostile-')), 'key.pem');
  writeFileSync(key, TEST_KEY);
  const cert = execFileSync(
    'openssl',
    ['req', '-x509', '-new', '-key', key, '-days', '9', '-utf8', '-subj', `/CN=${name}/O=${name}`],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return { cert, key: TEST_KEY };
}
