/** What one request may hold beside the limits of `LIMITS` in core, which every face has. Beyond it the answer is a typed 413 or 422. */
export const HTTP_LIMITS = {
  bodyBytes: 16 * 1024 * 1024,
  /** Of all bodies that are read or worked on at a time. */
  bodyBytesTogether: 64 * 1024 * 1024,
  /** Milliseconds without a byte of a body after which its request is given up. */
  bodyIdleMs: 10_000,
  /** Calls of embeddings that are worked on at a time; the longest hold some 40 MB each. */
  embeddingCallsAtATime: 4,
  /** Of a call of embeddings: a longer one is work, not a question that somebody waits for. */
  questionBytes: 1_024,
  /** Questions, and writes as many, that are worked on at a time. */
  requestsAtATime: 32,
  /** Of answers that wait to be sent: while there are more of a kind, no work of that kind begins. */
  answerBytesUnsent: 32 * 1024 * 1024,
  /** Path and query; an id may be a few thousand of them once it is escaped. */
  urlCharacters: 8_192,
  /** Arrays and objects within one another; a filter is the deepest part of any request. */
  jsonDepth: 128,
  /** Of one array or object. */
  jsonMembers: 10_000,
  /** Of a whole body: a thousand entries with all their fields are a quarter of it. */
  jsonValues: 250_000,
  /** Of one string as it stands in the body; six bytes may stand for one character. */
  jsonStringBytes: 1024 * 1024,
  entriesPerCall: 1000,
  idsPerCall: 10_000,
  embeddingsPerCall: 2048,
  /** As much as OpenAI's own endpoint takes. */
  embeddingsTokens: 300_000,
  /** Of all texts of a call, the parts beyond the model's window included. */
  embeddingsCharacters: 2 * 1024 * 1024,
} as const;
