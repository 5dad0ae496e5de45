import { isRead, type Space } from "@pipit/core";

/**
 * Marks the vector of a text that the model does not read. Such a vector does not represent the text, and is close to that of any
 * other such text. A text without visible characters is marked too.
 */
export function unreadMark(text: string, space: Space): { readonly unread?: true } {
  return isRead(text, space) ? {} : { unread: true };
}
