import { isRead, type Space } from "@pipit/core";

/**
 * What is said beside the vector of a text that the model does not read: that the vector says nothing of the text, and is near to
 * that of any other such text. Nothing is read either of a text where nothing can be seen.
 */
export function unreadMark(text: string, space: Space): { readonly unread?: true } {
  return isRead(text, space) ? {} : { unread: true };
}
