import { singleLine } from '../../text/sanitize.js';
import type { RunCommand } from '../run-command.js';

/** The settings of Local System, which runs the service by default, and of this account. */
const HIVES = ['HKU\\S-1-5-18', 'HKCU'];

const KEY = '\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';

const SHOWN_MAX_CHARS = 60;

/** The proxy in the settings of Windows; undefined where none is configured or they cannot be read. */
export async function readSystemProxy(run: RunCommand): Promise<string | undefined> {
  for (const hive of HIVES) {
    const result = await run('reg.exe', ['query', `${hive}${KEY}`]);
    if (result.kind !== 'done' || result.status !== 0) continue;
    const value = (name: string): string | undefined =>
      new RegExp(`^\\s+${name}\\s+REG_\\w+\\s+(.*?)\\s*$`, 'im').exec(result.stdout)?.[1];
    const server = value('ProxyServer');
    if (value('ProxyEnable') === '0x1' && server !== undefined) return singleLine(server, SHOWN_MAX_CHARS);
    const script = value('AutoConfigURL');
    if (script !== undefined && script !== '') return singleLine(script, SHOWN_MAX_CHARS);
  }
  return undefined;
}
