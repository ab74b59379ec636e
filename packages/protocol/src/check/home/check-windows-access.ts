import { maskUnsafe, singleLine } from '../../text/sanitize.js';
import { homeFindings as findings } from '../../diagnostics/checks/home.js';
import { readArray, readNumber, readObject } from '../powershell-values.js';
import { powershellJson, powershellText } from '../run-command.js';
import type { AccessRequest } from './check-linux-access.js';

/** What the script prints. */
interface WindowsAccess {
  readonly entries: number;
  readonly isComplete: boolean;
  readonly unread: readonly string[];
  readonly offenders: readonly { readonly path: string; readonly owner: string; readonly rights: string }[];
  /** Entries of which the account has full control if it is in a group whose members are not visible. */
  readonly unsure: number;
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
  const { entries, isComplete, unread, offenders, unsure } = access;
  if (unread.length > 0) add(findings.unreadable.check({ folder, unread: unread.length }, unread));
  const walked = `${entries} entries visited${isComplete ? '' : ', not all'}; service ${service.name}`;
  if (offenders.length === 0) {
    if (unsure > 0) add(findings.groupsUnknown.check({ ...facts, offenders: unsure }, [walked]));
    else if (entries > 0) add(findings.full.check({ ...facts, entries, isComplete }, [walked]));
    return;
  }
  const shown = offenders.slice(0, 20).map(({ path, owner, rights }) => `${path}: owner ${owner}, ${rights}`);
  const finding = use === 'home' ? findings.foreign : findings.foreignInApplications;
  add(finding.check({ ...facts, offenders: offenders.length }, [...shown, walked]));
}

/**
 * The script compares numbers of rights and security identifiers, which have no language. It counts what the account has by
 * itself and by the groups that every service is in, and by the local groups that it is a member of. An account of a domain
 * may also be in groups of the domain, and by them in local groups: what only these allow is not sure.
 */
export function accessScript(folder: string, account: string): string {
  return [
    `$sid=(New-Object Security.Principal.NTAccount(${powershellText(account.replace(/^\.\\/, ''))})).Translate([Security.Principal.SecurityIdentifier]).Value`,
    'if(!$sid){exit 1}',
    "$ids=@($sid,'S-1-1-0','S-1-5-11','S-1-5-6','S-1-5-32-545');$maybe=@()",
    "$domain=$sid -like 'S-1-5-21-*' -and !(Get-LocalUser -SID $sid -ErrorAction SilentlyContinue)",
    // A group that has a member without an account cannot be listed.
    'foreach($g in Get-LocalGroup){try{$m=@(Get-LocalGroupMember $g -ErrorAction Stop);' +
      'if(@($m|Where-Object{$_.SID.Value -eq $sid}).Count){$ids+=$g.SID.Value}' +
      "elseif($domain -and @($m|Where-Object{$_.PrincipalSource -eq 'ActiveDirectory'}).Count){$maybe+=$g.SID.Value}}catch{$maybe+=$g.SID.Value}}",
    '$clock=[Diagnostics.Stopwatch]::StartNew();$entries=0;$complete=$true;$bad=@();$unread=@();$unsure=0',
    `$queue=New-Object Collections.Queue;$queue.Enqueue((Get-Item -Force -LiteralPath ${powershellText(folder)}))`,
    'while($queue.Count){if($entries -ge 20000 -or $clock.ElapsedMilliseconds -gt 4000){$complete=$false;break}',
    '$item=$queue.Dequeue();$entries++',
    "try{$acl=$item.GetAccessControl('Access,Owner');$allow=0;$deny=0;$perhaps=0",
    'foreach($r in $acl.GetAccessRules($true,$true,[Security.Principal.SecurityIdentifier])){' +
      "if($r.PropagationFlags -band 2){continue};$id=$r.IdentityReference.Value;$is=$ids -contains $id;$may=$maybe -contains $id -or ($domain -and $id -like 'S-1-5-21-*');" +
      'if(!$is -and !$may){continue};$n=[int64]$r.FileSystemRights;if($n -band 0x10000000){$n=0x1F01FF}' +
      "if($r.AccessControlType -ne 'Deny'){$perhaps=$perhaps -bor $n;if($is){$allow=$allow -bor $n}}elseif($is){$deny=$deny -bor $n}}",
    '$all=0x1F01FF;if(($allow -band (-bnot $deny) -band $all) -eq $all){}' +
      'elseif(($perhaps -band (-bnot $deny) -band $all) -eq $all){$unsure++}' +
      'else{if($bad.Count -lt 200){$bad+=@{path=$item.FullName;owner=[string]$acl.Owner;rights=[string]$acl.Sddl}}}',
    'if($item.PSIsContainer -and -not($item.Attributes -band 1024)){foreach($c in $item.GetFileSystemInfos()){$queue.Enqueue($c)}}',
    '}catch{if($unread.Count -lt 20){$unread+=$item.FullName}}}',
    '@{entries=$entries;isComplete=$complete;unread=@($unread);offenders=@($bad);unsure=$unsure}',
  ].join(';\n');
}

function parseAccess(answer: unknown): WindowsAccess | undefined {
  const { entries, isComplete, unread, offenders, unsure } = readObject(answer) ?? {};
  if (typeof entries !== 'number' || !Array.isArray(unread) || !Array.isArray(offenders)) return undefined;
  return {
    entries,
    isComplete: isComplete === true,
    unread: unread.map((path) => singleLine(String(path), 300)),
    offenders: readArray(offenders).map(({ path, owner, rights }) => ({
      path: maskUnsafe(String(path)),
      owner: singleLine(String(owner), 100),
      rights: singleLine(String(rights), 300),
    })),
    unsure: readNumber(unsure) ?? 0,
  };
}
