/** Characters that mean the same in single quotes of sh and PowerShell, and in names of files and accounts. */
const PLAIN = /^[\w .:/\\@$-]+$/;

/** Whether a text can be one word of a command in sh and PowerShell. */
export function isPlainWord(text: string): boolean {
  return PLAIN.test(text);
}

/** A text as one word of a command in sh and PowerShell; the placeholder where either could act on a character of it. */
export function quoteWord(text: string, placeholder: string): string {
  if (!isPlainWord(text)) return placeholder;
  return /^[\w./-]+$/.test(text) ? text : `'${text}'`;
}
