import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs work while this process may not open another file. A helper process restores the limit, which this one could not. */
export async function withoutFreeSockets<T>(work: () => Promise<T>): Promise<T> {
  // 3: standard input, output and error. Files that are already open stay open.
  const script = `
before=$(prlimit --pid "$1" --nofile --noheadings --output SOFT)
prlimit --pid "$1" --nofile=3:
echo lowered
read -r _
prlimit --pid "$1" --nofile="$before":
echo raised`;
  const helper = spawn('sh', ['-ec', script, 'sh', String(process.pid)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(helper.stdout, 'data');
  try {
    return await work();
  } finally {
    helper.stdin.write('\n');
    await once(helper.stdout, 'data');
  }
}
