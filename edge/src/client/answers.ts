import type {
  AddSummary,
  EngineStats,
  Entry,
  ErrorCode,
  Evidence,
  Fields,
  FoundEntry,
  Hit,
  PictureLocus,
  Reason,
  SearchResult,
  Space,
  StoredMedium,
  TextPart,
  TextRange,
  UnreadableMedium,
} from "@pipit/core";
import {
  anyObject,
  count,
  exactly,
  finite,
  flag,
  listOf,
  objectOf,
  oneOf,
  optional,
  partOf,
  type Shape,
  text,
} from "./shape.ts";

/**
 * The shapes of a server's answers, limited to the parts that callers use. They are checked here without the schemas of the routes, whose
 * library is several times as large as the whole client.
 */

/** The answer of a call that succeeds with 204. */
export const nothing: Shape<undefined> = exactly(undefined);

export function createdCollection(name: string): Shape<{ readonly name: string }> {
  return objectOf<{ readonly name: string }>({ name: exactly(name) });
}

const summary: Shape<AddSummary> = objectOf<AddSummary>({
  added: count,
  skipped: listOf(text),
  unread: optional(listOf(text)),
  unreadable: optional(
    listOf(objectOf<UnreadableMedium>({ id: text, medium: count, code: text as Shape<ErrorCode>, message: text })),
  ),
});

/** A summary that accounts for each id of the batch, so that no entry counts as stored unless the server confirmed it. */
export function summaryOf(batch: readonly Entry[]): Shape<AddSummary> {
  const ids = new Set(batch.map(({ id }) => id));
  return (value): value is AddSummary => {
    if (!summary(value) || !value.skipped.every((id) => ids.has(id))) return false;
    return value.added + value.skipped.length === ids.size;
  };
}

/** The number of removed entries is at most the number of ids. */
export function removedOf(ids: readonly string[]): Shape<{ readonly removed: number }> {
  const removed = objectOf<{ readonly removed: number }>({ removed: count });
  return (value): value is { readonly removed: number } => removed(value) && value.removed <= ids.length;
}

const medium = objectOf<StoredMedium>({ digest: text, type: text, name: optional(text), size: count });

const hit: Shape<Hit> = objectOf<Hit>({
  id: text,
  score: finite,
  evidence: partOf<Evidence>({
    cosine: finite,
    tokens: finite,
    words: finite,
    coverage: finite,
    title: finite,
    names: finite,
    space: text,
    whole: exactly(true),
  }),
  match: optional(exactly("words")),
  entry: objectOf<FoundEntry>({
    id: text,
    text,
    fields: optional(anyObject) as Shape<Fields>,
    media: optional(listOf(medium)) as Shape<readonly StoredMedium[]>,
  }),
  part: oneOf(
    objectOf<TextPart>({ modality: exactly("text"), text, start: count, end: count }),
    objectOf<PictureLocus>({ modality: exactly("picture"), medium: count }),
  ),
  reasons: optional(
    listOf(objectOf<Reason>({ evidence: text as Shape<Reason["evidence"]>, value: finite, weight: finite })),
  ),
  matches: listOf(objectOf<TextRange>({ start: count, end: count })),
});

export const searchResult: Shape<SearchResult> = objectOf<SearchResult>({
  hits: listOf(hit),
  confidence: finite,
  weak: optional(exactly(true)),
  unread: optional(exactly(true)),
  space: text,
  producer: text,
  partial: optional(flag),
  took: objectOf<SearchResult["took"]>({ embed: finite, search: finite, total: finite }),
});

const space: Shape<Space> = objectOf<Space>({
  id: text,
  name: text,
  dimensions: count,
  scripts: optional(listOf(text)) as Shape<Space["scripts"]>,
});

/** Statistics that are only shown. A server of another version may not send all of them. */
export const engineStats: Shape<EngineStats> = partOf<EngineStats>({
  entries: count,
  passages: count,
  space,
  producer: objectOf<EngineStats["producer"]>({
    name: text,
    fidelity: objectOf<EngineStats["producer"]["fidelity"]>({ mean: finite, min: finite }),
  }),
  backend: text,
  why: text,
  index: objectOf<EngineStats["index"]>({ kind: text, bytes: finite }),
  cache: objectOf<EngineStats["cache"]>({ hits: count, misses: count }),
  provisional: count,
  wordsOnly: count,
  recall: optional(finite),
  catchingUp: optional(objectOf<NonNullable<EngineStats["catchingUp"]>>({ done: finite, total: finite })),
});
