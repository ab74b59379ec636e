/** The profiles of Windows' built-in service accounts, below its own folder. */
const PROFILES: readonly (readonly [RegExp, string])[] = [
  [/\\config\\systemprofile(?:\\|$)/i, 'Local System'],
  [/\\ServiceProfiles\\LocalService(?:\\|$)/i, 'Local Service'],
  [/\\ServiceProfiles\\NetworkService(?:\\|$)/i, 'Network Service'],
];

/**
 * Returns the built-in account of Windows whose profile a path is in, as Windows names it; undefined for every other path.
 * Services, scheduled tasks and `psexec -s` run with such an account, which has files of its own.
 */
export function serviceAccountOf(path: string): string | undefined {
  return PROFILES.find(([profile]) => profile.test(path))?.[1];
}
