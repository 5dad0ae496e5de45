import { LIMITS } from "@pipit/core";

/** Limits of HTTP requests, in addition to `LIMITS` in core, which hold everywhere. A request beyond them gets a typed 413 or 422. */
export const HTTP_LIMITS = {
  bodyBytes: 16 * 1024 * 1024,
  /** Bytes of all bodies that are being read or worked on. */
  bodyBytesTogether: 64 * 1024 * 1024,
  /** Milliseconds without a byte of a body after which the request ends with a 408. */
  bodyIdleMs: 10_000,
  /** Calls of embeddings that run at the same time; the longest take some 40 MB each. */
  embeddingCallsAtATime: 4,
  /** A call of embeddings of at most this many bytes counts as a question; a longer one is bulk work. */
  questionBytes: 1_024,
  /** The number of questions that run at the same time; the same limit holds for writes. */
  requestsAtATime: 32,
  /** Bytes of unsent answers of one kind. Above this limit no work of that kind begins. */
  answerBytesUnsent: 32 * 1024 * 1024,
  /** Characters of path and query; an escaped id may take a few thousand of them. */
  urlCharacters: 8_192,
  /** Nesting of arrays and objects. Filters are deepest: two levels per condition, the last with a list, in an object. */
  jsonDepth: 2 * LIMITS.filterDepth + 2,
  /** Members of one array or object. */
  jsonMembers: 10_000,
  /** Values in a whole body. A thousand entries with all their fields have a quarter of this number. */
  jsonValues: 250_000,
  /** Bytes of one string in the body. The longest are those of filters; an escaped character takes six. */
  jsonStringBytes: 6 * LIMITS.filterCharacters,
  entriesPerCall: 1000,
  idsPerCall: 10_000,
  embeddingsPerCall: 2048,
  /** The same limit as OpenAI's own endpoint. */
  embeddingsTokens: 300_000,
  /** Characters of all texts of a call, the parts beyond the model's window included. */
  embeddingsCharacters: 2 * 1024 * 1024,
} as const;
