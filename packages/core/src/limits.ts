/**
 * Limits of one call. They are the same in process, in a worker and over HTTP. A call beyond them is refused with `bad-input`
 * before any work begins. Characters are UTF-16 units.
 */
export const LIMITS = {
  idCharacters: 512,
  /** A longer text makes too many vectors for one record; callers cut it into several entries. */
  textCharacters: 100_000,
  queryCharacters: 8_000,
  fieldsPerEntry: 64,
  fieldNameCharacters: 256,
  /** Names and values of one entry's fields together; a number or boolean counts 8, since a search answers with all of them. */
  fieldsCharacters: 65_536,
  /** Elements of a field that is a list. */
  fieldElements: 10_000,
  mediaPerEntry: 16,
  mediumBytes: 64 * 1024 * 1024,
  mediumNameCharacters: 1_024,
  hits: 1_000,
  /** Characters of the texts, passages and fields of all hits of a search. */
  answerCharacters: 8 * 1024 * 1024,
  vectorDimensions: 4_096,
  /** Conditions of a filter, `and`, `or` and `not` among them: a search compares each of them with each entry. */
  filterTerms: 256,
  /** Values in all `in` lists of a filter together. They are looked up, not compared one by one. */
  filterValues: 10_000,
  /** Characters of all strings that a filter compares with. */
  filterCharacters: 262_144,
  filterDepth: 64,
} as const;
