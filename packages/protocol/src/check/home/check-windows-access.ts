import { maskUnsafe, singleLine } from '../../text/sanitize.js';
import { homeFindings as findings } from '../../diagnostics/checks/home.js';
import { powershellJson } from '../run-command.js';
import type { AccessRequest } from './check-linux-access.js';

/** What the script prints. */
interface WindowsAccess {
  readonly entries: number;
  readonly isComplete: boolean;
  readonly unread: readonly string[];
  readonly offenders: readonly { readonly path: string; readonly owner: string; readonly rights: string }[];
}

/** Longer than the walk of the script, which ends itself after four seconds. */
const SCRIPT_MAX_MS = 8000;

/** Adds whether the account of a service has full control of a folder and everything below it, by their access lists. */
export async function checkWindowsAccess({
  folder: { path: folder, use },
  service,
  context,
  add,
}: AccessRequest): Promise<void> {
  const answer = await powershellJson(context.host.run, accessScript(folder, service.account), SCRIPT_MAX_MS);
  const access = parseAccess(answer);
  const facts = { folder, account: service.account };
  if (access === undefined) {
    add(findings.accountUnknown.check({ folder, why: 'PowerShell did not return the access lists' }));
    return;
  }
  const { entries, isComplete, unread, offenders } = access;
  if (unread.length > 0) add(findings.unreadable.check({ folder, unread: unread.length }, unread));
  const walked = `${entries} entries visited${isComplete ? '' : ', not all'}; service ${service.name}`;
  if (offenders.length === 0) {
    if (entries > 0) add(findings.full.check({ ...facts, entries, isComplete }, [walked]));
    return;
  }
  const shown = offenders.slice(0, 20).map(({ path, owner, rights }) => `${path}: owner ${owner}, ${rights}`);
  const finding = use === 'home' ? findings.foreign : findings.foreignInApplications;
  add(finding.check({ ...facts, offenders: offenders.length }, [...shown, walked]));
}

/**
 * The script compares numbers of rights and security identifiers, which have no language. It counts what the account has by
 * itself and by the groups that every service is in, and by the local groups that it is a member of.
 */
export function accessScript(folder: string, account: string): string {
  return [
    `$sid=(New-Object Security.Principal.NTAccount(${literal(account.replace(/^\.\\/, ''))})).Translate([Security.Principal.SecurityIdentifier]).Value`,
    "$ids=@($sid,'S-1-1-0','S-1-5-11','S-1-5-6','S-1-5-32-545')",
    'try{foreach($g in Get-LocalGroup){if(@(Get-LocalGroupMember $g|Where-Object{$_.SID.Value -eq $sid}).Count){$ids+=$g.SID.Value}}}catch{}',
    '$clock=[Diagnostics.Stopwatch]::StartNew();$entries=0;$complete=$true;$bad=@();$unread=@()',
    `$queue=New-Object Collections.Queue;$queue.Enqueue((Get-Item -Force -LiteralPath ${literal(folder)}))`,
    'while($queue.Count){if($entries -ge 20000 -or $clock.ElapsedMilliseconds -gt 4000){$complete=$false;break}',
    '$item=$queue.Dequeue();$entries++',
    "try{$acl=$item.GetAccessControl('Access,Owner');$allow=0;$deny=0",
    'foreach($r in $acl.GetAccessRules($true,$true,[Security.Principal.SecurityIdentifier])){' +
      'if($r.PropagationFlags -band 2){continue};if($ids -notcontains $r.IdentityReference.Value){continue};' +
      "$n=[int64]$r.FileSystemRights;if($n -band 0x10000000){$n=0x1F01FF};if($r.AccessControlType -eq 'Deny'){$deny=$deny -bor $n}else{$allow=$allow -bor $n}}",
    'if((($allow -band (-bnot $deny)) -band 0x1F01FF) -ne 0x1F01FF){if($bad.Count -lt 200){$bad+=@{path=$item.FullName;owner=[string]$acl.Owner;rights=[string]$acl.Sddl}}}',
    'if($item.PSIsContainer -and -not($item.Attributes -band 1024)){foreach($c in $item.GetFileSystemInfos()){$queue.Enqueue($c)}}',
    '}catch{if($unread.Count -lt 20){$unread+=$item.FullName}}}',
    '@{entries=$entries;isComplete=$complete;unread=@($unread);offenders=@($bad)}',
  ].join(';\n');
}

/** PowerShell ends a text in single quotes at typographic quotes too. */
function literal(text: string): string {
  return `'${text.replaceAll(/['\u2018-\u201B]/g, '$&$&')}'`;
}

function parseAccess(answer: unknown): WindowsAccess | undefined {
  const { entries, isComplete, unread, offenders } = (answer ?? {}) as Record<string, unknown>;
  if (typeof entries !== 'number' || !Array.isArray(unread) || !Array.isArray(offenders)) return undefined;
  return {
    entries,
    isComplete: isComplete === true,
    unread: unread.map((path) => singleLine(String(path), 300)),
    offenders: (offenders as readonly unknown[]).map((offender) => {
      const { path, owner, rights } = (offender ?? {}) as Record<string, unknown>;
      return {
        path: maskUnsafe(String(path)),
        owner: singleLine(String(owner), 100),
        rights: singleLine(String(rights), 300),
      };
    }),
  };
}
