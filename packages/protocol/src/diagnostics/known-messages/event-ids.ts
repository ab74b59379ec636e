import type { Pattern } from './known-message.js';

/**
 * An event of Schannel without its text: "Event ID 36887", "Schannel 36887", or the number alone on a line, as people
 * search for it. Elsewhere the number may be anything, such as a count of packages.
 */
export function schannelEvent(id: string): readonly Pattern[] {
  return [
    `schannel...${id}`,
    `${id}...schannel`,
    { oneOf: [id], regex: new RegExp(`\\bevent(?:s| log)?(?: ?ids?)?\\b[\\s:=#("'*>]{1,6}${id}\\b`) },
    { oneOf: [id], regex: new RegExp(`^[\\s"'*#(]{0,6}(?:id:? )?${id}[\\s"'*):.]{0,6}$`) },
  ];
}
