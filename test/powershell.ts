import type { Component } from './components.js';
import { program } from './components.js';

/** PowerShell 7, by the path in POWERSHELL or as `pwsh` on the PATH. */
export const powershell: Component = findPowershell();

function findPowershell(): Component {
  const { POWERSHELL } = process.env;
  const absentInCi = 'neither Debian nor npm has a package of PowerShell';
  return { ...(POWERSHELL === undefined ? program('pwsh') : { name: POWERSHELL, missing: undefined }), absentInCi };
}
