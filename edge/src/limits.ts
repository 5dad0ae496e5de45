/** What one request may ask. Beyond it the answer is a typed 413 or 422, never a slow server. */
export const LIMITS = {
  bodyBytes: 16 * 1024 * 1024,
  entriesPerCall: 1000,
  idsPerCall: 10_000,
  textCharacters: 100_000,
  queryCharacters: 8_000,
  idCharacters: 512,
  fieldsPerEntry: 64,
  embeddingsPerCall: 2048,
  vectorDimensions: 4096,
  hits: 1000,
  filterDepth: 64,
} as const;
