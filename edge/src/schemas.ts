import { z } from "@hono/zod-openapi";
import { compileFilter, type Filter, PipitError } from "@pipit/core";
import { LIMITS } from "./limits.ts";

/** The one place that says what may come in and what goes out: requests are validated by it and /openapi.json is made of it. */

const scalar = z.union([z.string(), z.number(), z.boolean()]);
/** Checked by the one who compiles it, so that HTTP and the engine refuse the same filters in the same words. */
export const filter = z
  .custom<Filter>()
  .superRefine((given, context) => {
    if (deeperThan(given, LIMITS.filterDepth)) {
      const message = `nested deeper than ${LIMITS.filterDepth}`;
      context.addIssue({ code: "too_big", maximum: LIMITS.filterDepth, origin: "array", message, input: given });
      return;
    }
    const refusal = filterRefusal(given);
    if (refusal) context.addIssue({ code: "custom", message: refusal.message });
  })
  .openapi("Filter", {
    type: "object",
    description:
      "One of {and: [...]}, {or: [...]}, {not}, {field, equals}, {field, in: [...]}, {field, range: {from, to, above, below}}, {field, exists}. Bounds `from` and `to` are included, `above` and `below` are not. An array field matches when any of its elements does.",
    example: { and: [{ field: "family", equals: "owls" }, { not: { field: "rare", exists: true } }] },
  });

// Asked before the filter is walked by anyone else: a body may nest deeper than the stack.
function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => deeperThan(inner, levels - 1));
}

function filterRefusal(given: Filter): PipitError | undefined {
  try {
    compileFilter(given);
    return undefined;
  } catch (error) {
    if (error instanceof PipitError) return error;
    throw error;
  }
}

const id = z.string().min(1).max(LIMITS.idCharacters).openapi({ example: "owl" });
const fields = z
  .record(z.string(), z.union([scalar, z.array(scalar)]))
  .refine((given) => Object.keys(given).length <= LIMITS.fieldsPerEntry, {
    message: `at most ${LIMITS.fieldsPerEntry} fields`,
  })
  .openapi({ example: { family: "owls", sizeCm: 35 } });
const text = z.string().max(LIMITS.textCharacters);

export const entry = z
  .strictObject({ id, text: text.openapi({ example: "The barn owl hunts at night." }), fields: fields.optional() })
  .openapi("Entry");

export const collectionName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit")
  .openapi({ example: "birds" });

const named = { name: collectionName.openapi({ param: { name: "name", in: "path" } }) };
export const collectionParams = z.object(named);
export const entryParams = z.object({ ...named, id: id.openapi({ param: { name: "id", in: "path" } }) });

export const newCollection = z.strictObject({ name: collectionName }).openapi("NewCollection");
export const space = z.object({ id: z.string(), name: z.string(), dimensions: z.number() }).openapi("Space");
export const collectionInfo = z
  .object({ name: collectionName, entries: z.number(), space, created: z.number() })
  .openapi("Collection", { description: "`created` is in seconds since 1970." });
export const collectionList = z.object({ collections: z.array(collectionInfo) }).openapi("CollectionList");

export const newEntries = z
  .strictObject({ entries: z.array(entry).min(1).max(LIMITS.entriesPerCall) })
  .openapi("NewEntries");
export const addSummary = z
  .object({ added: z.number(), skipped: z.array(z.string()) })
  .openapi("AddSummary", { description: "Added entries are on disk. `skipped` had nothing to read." });
export const entryPatch = z.strictObject({ text: text.optional(), fields: fields.optional() }).openapi("EntryPatch");
export const entryIds = z.strictObject({ ids: z.array(id).max(LIMITS.idsPerCall) }).openapi("EntryIds");
export const removed = z.object({ removed: z.number() }).openapi("Removed");

const vector = z.array(z.number()).min(1).max(LIMITS.vectorDimensions);
export const searchQuery = z
  .strictObject({
    text: z.string().min(1).max(LIMITS.queryCharacters).optional().openapi({ example: "hunts in the dark" }),
    vector: vector.optional().openapi({ description: "A unit vector of the collection's space, in place of a text." }),
    space: z.string().optional().openapi({ description: "Id of the vector's space; another one is refused." }),
    k: z.number().int().min(1).max(LIMITS.hits).optional().openapi({ default: 10 }),
    minScore: z.number().optional(),
    filter: filter.optional(),
  })
  .refine((query) => (query.text === undefined) !== (query.vector === undefined), {
    message: "exactly one of `text` and `vector`",
  })
  .openapi("SearchQuery");

const took = z
  .object({ embed: z.number(), search: z.number(), total: z.number() })
  .openapi({ description: "Milliseconds." });
const passage = z
  .object({ text: z.string(), start: z.number(), end: z.number() })
  .openapi({ description: "The part that matched: [start, end) in UTF-16 units of the text." });
const hit = z
  .object({ id, score: z.number().openapi({ description: "Cosine, -1 to 1; larger is better." }), entry, passage })
  .openapi("Hit");
export const searchResult = z
  .object({ hits: z.array(hit), space: z.string(), producer: z.string(), took })
  .openapi("SearchResult");

const fidelity = z.object({ mean: z.number(), min: z.number() });
const producer = z
  .object({ name: z.string(), fidelity })
  .openapi("Producer", { description: "Who computes the vectors, and its mean and least cosine to the fp32 model." });
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
    recall: z.number().optional(),
  })
  .openapi("CollectionStats");

export const embeddingsQuery = z
  .object({
    model: z.string().openapi({ example: "all-MiniLM-L6-v2" }),
    input: z.union([text.min(1), z.array(text.min(1)).min(1).max(LIMITS.embeddingsPerCall)]),
    encoding_format: z.enum(["float", "base64"]).optional().openapi({ default: "float" }),
    dimensions: z.number().int().optional().openapi({ description: "The model's own width only." }),
    user: z.string().optional(),
  })
  .openapi("EmbeddingsQuery");
const embedding = z.object({
  object: z.literal("embedding"),
  index: z.number(),
  embedding: z
    .union([z.array(z.number()), z.string()])
    .openapi({ description: "Numbers, or base64 of little-endian float32." }),
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

export const modelInfo = z
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
    }),
  })
  .openapi("Error", { description: "What arrived, what was expected, and what to do about it." });
