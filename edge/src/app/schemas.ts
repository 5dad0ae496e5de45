import { z } from "@hono/zod-openapi";
import { checkedFields, checkedId, type Fields, type Filter, LIMITS, plainFilter } from "@pipit/core";
import { checkedBy } from "./checked-by.ts";
import { COLLECTION_NAME, COLLECTION_NAME_RULE } from "./collection-name.ts";
import { HTTP_LIMITS } from "./limits.ts";

/** The schemas of requests and answers. They validate requests, and /openapi.json is generated from them. */

const asString = { type: "string" as const };
const asNumber = { type: "number" as const };
const scalar = { anyOf: [asString, asNumber, { type: "boolean" as const }] };
const scalars = { type: "array" as const, items: scalar };
const fieldName = { ...asString, maxLength: LIMITS.fieldNameCharacters };

/** Bounds are all numbers or all strings, because no value lies between a number and a string. */
const boundsOf = (bound: typeof asNumber | typeof asString) => ({
  type: "object" as const,
  properties: { from: bound, to: bound, above: bound, below: bound },
  minProperties: 1,
  additionalProperties: false,
});

const self = { $ref: "#/components/schemas/Filter" };
const conditions = { type: "array" as const, items: self, maxItems: LIMITS.filterTerms - 1 };

function condition<P extends object>(properties: P) {
  return { type: "object" as const, properties, required: Object.keys(properties), additionalProperties: false };
}

export const filter = checkedBy<Filter>(plainFilter).openapi("Filter", {
  type: "object",
  description: `Exactly one condition an object. Bounds \`from\` and \`to\` are included, \`above\` and \`below\` are not; all are numbers or all are strings. An array field matches when any of its elements does. At most ${LIMITS.filterTerms} conditions, ${LIMITS.filterDepth} deep, and ${LIMITS.filterValues} values in all \`in\` together.`,
  anyOf: [
    condition({ and: conditions }),
    condition({ or: conditions }),
    condition({ not: self }),
    condition({ field: fieldName, equals: scalar }),
    condition({ field: fieldName, in: { ...scalars, maxItems: LIMITS.filterValues } }),
    condition({ field: fieldName, range: { anyOf: [boundsOf(asNumber), boundsOf(asString)] } }),
    condition({ field: fieldName, exists: { type: "boolean" as const } }),
  ],
  example: { and: [{ field: "family", equals: "owls" }, { not: { field: "rare", exists: true } }] },
});

const id = checkedBy<string>(checkedId).openapi({
  type: "string",
  minLength: 1,
  maxLength: LIMITS.idCharacters,
  example: "owl",
});
const fields = checkedBy<Fields>(checkedFields).openapi({
  type: "object",
  description: `Names of at most ${LIMITS.fieldNameCharacters} characters; at most ${LIMITS.fieldsCharacters} of names and values in one entry.`,
  maxProperties: LIMITS.fieldsPerEntry,
  additionalProperties: { anyOf: [...scalar.anyOf, scalars] },
  example: { family: "owls", sizeCm: 35 },
});

/** Counts UTF-16 units, as core does. JSON Schema counts code points, of which a text never has more than UTF-16 units. */
const stringUpTo = (most: number) =>
  z
    .string()
    .superRefine((input, context) => {
      if (input.length > most)
        context.addIssue({ code: "too_big", origin: "string", maximum: most, inclusive: true, input });
    })
    .openapi({ maxLength: most });

const text = stringUpTo(LIMITS.textCharacters);

export const entry = z
  .strictObject({ id, text: text.openapi({ example: "The barn owl hunts at night." }), fields: fields.optional() })
  .openapi("Entry");

const collectionName = z.string().regex(COLLECTION_NAME, COLLECTION_NAME_RULE).openapi({ example: "birds" });

const named = { name: collectionName.openapi({ param: { name: "name", in: "path" } }) };
export const collectionParams = z.object(named);
/** The caller's request id, which the answer and the log repeat. */
export const requestHeaders = z.object({
  "x-request-id": z.string().optional().openapi({
    description:
      "Id of the request, chosen by the caller. The answer repeats it, or has a new one if it is missing or invalid.",
    example: "trace-7",
  }),
});
export const entryParams = z.object({ ...named, id: id.openapi({ param: { name: "id", in: "path" } }) });

export const newCollection = z.strictObject({ name: collectionName }).openapi("NewCollection");
export const space = z
  .object({ id: z.string(), name: z.string(), dimensions: z.number(), scripts: z.array(z.string()).optional() })
  .openapi("Space", { description: "`scripts` are those that the model reads; without them it reads all." });
export const collectionInfo = z
  .object({ name: collectionName, entries: z.number(), space, created: z.number() })
  .openapi("Collection", { description: "`created` is in seconds since 1970." });
export const collectionList = z.object({ collections: z.array(collectionInfo) }).openapi("CollectionList");

export const newEntries = z
  .strictObject({ entries: z.array(entry).min(1).max(HTTP_LIMITS.entriesPerCall) })
  .openapi("NewEntries");
const ids = z.array(z.string());
export const addSummary = z.object({ added: z.number(), skipped: ids, unread: ids.optional() }).openapi("AddSummary", {
  description:
    "Added entries are on disk; if an id occurs twice, its last entry is. The texts of `skipped` have nothing visible; entries with these ids are removed. Entries of `unread` have a part in a script that the model does not read; it is found by its words.",
});
export const entryPatch = z.strictObject({ text: text.optional(), fields: fields.optional() }).openapi("EntryPatch");
export const entryUpdate = z
  .strictObject({ id, text: text.optional(), fields: fields.optional() })
  .openapi("EntryUpdate");
export const entryIds = z
  .strictObject({ ids: z.array(stringUpTo(LIMITS.idCharacters)).max(HTTP_LIMITS.idsPerCall) })
  .openapi("EntryIds");
export const removed = z.object({ removed: z.number() }).openapi("Removed");

const queryText = stringUpTo(LIMITS.queryCharacters);
const vector = z.array(z.number()).min(1).max(LIMITS.vectorDimensions);
export const searchQuery = z
  .strictObject({
    text: queryText.optional().openapi({ example: "hunts in the dark" }),
    vector: vector.optional().openapi({
      description:
        "A vector of the collection's space, in place of the text's own or without a text. It is brought to length 1, and must not be zero.",
    }),
    like: id.optional().openapi({ description: "Id of an entry: others like it are found. Without a text or vector." }),
    space: z.string().optional().openapi({ description: "Id of the vector's space; another one is refused." }),
    k: z.number().int().min(1).max(LIMITS.hits).optional().openapi({ default: 10 }),
    minScore: z.number().optional().openapi({ description: "Hits below this score are left out." }),
    ranking: z.enum(["both", "meaning", "words"]).optional().openapi({
      default: "both",
      description: "What is compared. Without a text it is the meaning alone.",
    }),
    explain: z.boolean().optional().openapi({ description: "Adds the reasons for its score to each hit." }),
    filter: filter.optional(),
  })
  .refine((query) => query.text !== undefined || query.vector !== undefined || query.like !== undefined, {
    message: "`text`, `vector` or both, or `like`",
  })
  .openapi("SearchQuery", { anyOf: [{ required: ["text"] }, { required: ["vector"] }, { required: ["like"] }] });

const took = z
  .object({ embed: z.number(), search: z.number(), total: z.number() })
  .openapi({ description: "Milliseconds." });
const part = z
  .union([
    z.object({ modality: z.literal("text"), text: z.string(), start: z.number(), end: z.number() }),
    z.object({ modality: z.literal("picture"), medium: z.number() }),
  ])
  .openapi({
    description:
      "The part that matched: [start, end) in UTF-16 units of the text, with its words; or a picture, by its position among the media.",
  });
const medium = z
  .object({ digest: z.string(), type: z.string(), name: z.string().optional(), size: z.number() })
  .openapi("Medium", {
    description: "A file of an entry: SHA-256 (hex) of its bytes, media type, name, number of bytes.",
  });
const foundEntry = z
  .object({ id, text: z.string(), fields: fields.optional(), media: z.array(medium).optional() })
  .openapi("FoundEntry");
const evidence = z
  .object({
    cosine: z.number().optional(),
    tokens: z.number().optional(),
    words: z.number().optional(),
    coverage: z.number().optional(),
    title: z.number().optional(),
    names: z.number().optional(),
    space: z.string().optional(),
    whole: z.literal(true).optional(),
  })
  .openapi("Evidence", {
    description:
      "Cosine of query and passage; late interaction of their tokens; BM25F score by shared words; share of the query's words, by rarity; how well the title has all of them; rarity of names and identifiers that are there. Absent if not compared. `space`: the further space of which the cosine is. `whole`: the query is the whole passage or title.",
  });
const reason = z
  .object({
    evidence: z.enum(["cosine", "tokens", "words", "coverage", "title", "names", "all"]),
    value: z.number(),
    weight: z.number(),
  })
  .openapi("Reason", { description: "A part of the sum that a score is made of: the value times the weight." });
const hit = z
  .object({
    id,
    score: z.number().openapi({ description: "The probability that the hit answers the query, 0 to 1." }),
    evidence,
    match: z.literal("words").optional().openapi({ description: "Present if words were compared, not meaning." }),
    entry: foundEntry,
    part,
    matches: z.array(z.object({ start: z.number(), end: z.number() })).openapi({
      description: "The words that count for the query: ranges of the entry's text in UTF-16 units.",
    }),
    reasons: z.array(reason).optional(),
  })
  .openapi("Hit");
export const searchResult = z
  .object({
    hits: z.array(hit),
    confidence: z.number().openapi({ description: "The score of the best entry found, whatever `minScore` is." }),
    weak: z.literal(true).optional().openapi({ description: "Present if no entry is likely to answer the query." }),
    unread: z
      .literal(true)
      .optional()
      .openapi({ description: "Present if the model does not read the query: only words were compared." }),
    space: z.string(),
    producer: z.string(),
    took,
    partial: z.boolean().optional().openapi({
      description:
        "True if there may be better hits: while the collection takes in its store after a start, or if entries changed while they were read.",
    }),
  })
  .openapi("SearchResult");

const fidelity = z.object({ mean: z.number(), min: z.number() });
const producer = z.object({ name: z.string(), fidelity }).openapi("Producer", {
  description: "The producer of the vectors, with its mean and least cosine to the fp32 model.",
});
export const collectionStats = z
  .object({
    entries: z.number(),
    passages: z.number(),
    space,
    producer,
    backend: z.string(),
    why: z.string(),
    index: z.object({ kind: z.string(), bytes: z.number() }),
    cache: z.object({ hits: z.number(), misses: z.number() }),
    provisional: z.number(),
    wordsOnly: z.number(),
    recall: z.number().optional(),
    catchingUp: z.object({ done: z.number(), total: z.number() }).optional().openapi({
      description: "Present while the collection takes in its store: the progress, in sequence numbers of writes.",
    }),
  })
  .openapi("CollectionStats");

const TEXTS_ONLY = `expected a text or a list of 1 to ${HTTP_LIMITS.embeddingsPerCall} texts of 1 to ${LIMITS.textCharacters} characters. Token ids of another tokenizer cannot be read: send the text itself (LangChain: check_embedding_ctx_length=False)`;
/** The schema for models with vectors of `width` dimensions. */
export const embeddingsQuery = (width: number) =>
  z
    .object({
      model: z.string().openapi({ example: "starter" }),
      input: z.union([text.min(1), z.array(text.min(1)).min(1).max(HTTP_LIMITS.embeddingsPerCall)], {
        error: TEXTS_ONLY,
      }),
      encoding_format: z.enum(["float", "base64"]).optional().openapi({ default: "float" }),
      dimensions: z
        .number()
        .int()
        .optional()
        .openapi({ enum: [width], description: "The model's own width only." }),
      user: z.string().optional(),
    })
    .openapi("EmbeddingsQuery");
const embedding = z.object({
  object: z.literal("embedding"),
  index: z.number(),
  embedding: z
    .union([z.array(z.number()), z.string()])
    .openapi({ description: "Numbers, or base64 of little-endian float32." }),
  unread: z.literal(true).optional().openapi({
    description:
      "Present if the model does not read the text (another script, a key or a long run of letters, nothing visible): the vector does not represent the text.",
  }),
});
export const embeddings = z
  .object({
    object: z.literal("list"),
    data: z.array(embedding),
    model: z.string(),
    usage: z.object({ prompt_tokens: z.number(), total_tokens: z.number() }),
    space: z.string(),
    producer: z.string(),
  })
  .openapi("Embeddings");

const modelInfo = z
  .object({
    id: z.string(),
    object: z.literal("model"),
    created: z.number(),
    owned_by: z.string(),
    state: z.enum(["ready", "loading", "absent", "failed"]),
    why: z.string(),
    backend: z.string().optional(),
    dimensions: z.number(),
    space: z.string(),
    producer: producer.optional(),
  })
  .openapi("Model");
export const modelList = z.object({ object: z.literal("list"), data: z.array(modelInfo) }).openapi("ModelList");

export const health = z
  .object({
    status: z.literal("ok"),
    version: z.string(),
    runtime: z.string(),
    uptimeSeconds: z.number(),
    memoryBytes: z.number().optional(),
    models: z.record(z.string(), z.string()),
  })
  .openapi("Health");
export const readiness = z.object({ ready: z.boolean(), why: z.string() }).openapi("Readiness");

export const errorBody = z
  .object({
    error: z.object({
      code: z.string(),
      type: z.string(),
      message: z.string(),
      got: z.string(),
      expected: z.string(),
      do: z.string(),
      stored: z.number().optional().openapi({
        description:
          "Of entries that were added: how many of the call, from its first, are on disk although it failed.",
      }),
    }),
  })
  .openapi("Error", { description: "What arrived, what was expected, and what to do about it." });
