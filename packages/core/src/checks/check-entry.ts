import { badInput } from "../bad-input.ts";
import type { Entry } from "../entry.ts";
import type { EntryPatch, EntrySource } from "../ports/search-engine.ts";
import { checkedFields } from "./check-fields.ts";
import { checkedId } from "./check-id.ts";
import { checkedMedia } from "./check-media.ts";
import { checkedText } from "./check-text.ts";

/** A checked entry. Its text is empty if it has only media. */
export interface PlainEntry extends Entry {
  readonly text: string;
}

/**
 * A plain copy of an added entry. Throws `bad-input`. Every implementation of `SearchEngine` makes it before anything else. Values that a
 * structured clone or JSON would change are refused or normalised here, so that all implementations behave alike.
 */
export function checkedEntry(given: Entry): PlainEntry {
  if (typeof given !== "object" || given === null) {
    const expected = "an object {id, text, media?, fields?}";
    throw badInput(given, expected, "Correct the entry; entries reported before it are stored.");
  }
  const { id, text, media, fields } = given;
  const hasMedia = media !== undefined && !(Array.isArray(media) && media.length === 0);
  return {
    id: checkedId(id),
    text: text === undefined && hasMedia ? "" : checkedText(text),
    ...(hasMedia && { media: checkedMedia(media) }),
    ...(fields !== undefined && { fields: checkedFields(fields) }),
  };
}

/** The same for `update`. */
export function checkedPatch(given: EntryPatch): EntryPatch {
  const expected = "an object {text?, fields?}";
  const advice = "Name what is to change; the entry was not changed.";
  if (Object.prototype.toString.call(given) !== "[object Object]") throw badInput(given, expected, advice);
  const { text, fields, media } = given as EntryPatch & { readonly media?: unknown };
  if (media !== undefined)
    throw badInput({ media }, expected, "Add the entry again to replace its media; it was not changed.");
  // If the only name of a patch is misspelt, the call would silently change nothing.
  const isOther = Object.values(given).some((value) => value !== undefined);
  if (text === undefined && fields === undefined && isOther) throw badInput(given, expected, advice);
  return {
    ...(text === undefined ? {} : { text: checkedText(text) }),
    ...(fields === undefined ? {} : { fields: checkedFields(fields) }),
  };
}

/** Throws `bad-input` unless the source yields entries. A string is iterable, but has no entries. */
export function assertSource(source: EntrySource): void {
  const readable =
    typeof source === "object" && source !== null && (Symbol.iterator in source || Symbol.asyncIterator in source);
  if (!readable) throw badInput(source, "a list or stream of entries", "Pass the entries in a list.");
}
