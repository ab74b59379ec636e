import { expect, it } from 'vitest';
import { serviceAccountOf } from './service-account.js';

it.each([
  ['C:\\Windows\\system32\\config\\systemprofile\\AppData\\Local\\tentacle-ping', 'Local System'],
  ['D:\\WINDOWS\\SysWOW64\\config\\SystemProfile', 'Local System'],
  ['C:\\Windows\\ServiceProfiles\\LocalService\\AppData\\Local', 'Local Service'],
  ['c:\\windows\\serviceprofiles\\networkservice\\AppData\\Local', 'Network Service'],
  ['C:\\Users\\systemprofile\\AppData\\Local', undefined],
  ['/home/me/.config/tentacle-ping', undefined],
])('%s belongs to %s', (path, account) => {
  expect(serviceAccountOf(path)).toBe(account);
});
