/** What one request may hold beside the limits of `LIMITS` in core, which every face has. Beyond it the answer is a typed 413 or 422. */
export const HTTP_LIMITS = {
  bodyBytes: 16 * 1024 * 1024,
  entriesPerCall: 1000,
  idsPerCall: 10_000,
  embeddingsPerCall: 2048,
} as const;
