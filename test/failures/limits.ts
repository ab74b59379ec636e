import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Do something while this process may open no further file. A helper raises the limit again, which we then could not. */
export async function withoutFreeSockets<T>(work: () => Promise<T>): Promise<T> {
  // Three: standard input, output and error. All that is open beyond stays open.
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
