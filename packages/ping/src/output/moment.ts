/** A moment of a run in UTC: the time of day, with the date where it is not the day on which the run began. */
export function momentOf(iso: string, { startedAt }: { readonly startedAt: string }): string {
  const time = iso.slice(11, 19);
  return iso.slice(0, 10) === startedAt.slice(0, 10) ? time : `${iso.slice(0, 10)} ${time}`;
}
