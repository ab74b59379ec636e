/** Replaces the three octal digits by which the kernel and `getfacl` write unusual bytes of a name: `\040` is a blank. */
export function unescapeOctal(text: string): string {
  return text.replaceAll(/(?:\\[0-7]{3})+/g, (escaped) =>
    Buffer.from(
      escaped
        .split('\\')
        .slice(1)
        .map((digits) => Number.parseInt(digits, 8)),
    ).toString('utf8'),
  );
}
