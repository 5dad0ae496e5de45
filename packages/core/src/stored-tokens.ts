import type { StoredTokens } from "./ports/entry-store.ts";

/** Why these are no token vectors of so many passages, or undefined if they are: their numbers, or bytes that are not the same for each token. */
export function whyNotStoredTokens({ counts, bits }: StoredTokens, passages: number): string | undefined {
  if (counts.length !== passages) return `numbers of tokens for ${counts.length} of ${passages} passages`;
  const wrong = counts.find((count) => !Number.isSafeInteger(count) || count < 0);
  if (wrong !== undefined) return `a passage of ${wrong} tokens`;
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  const isWhole = tokens === 0 ? bits.length === 0 : bits.length > 0 && bits.length % tokens === 0;
  return isWhole ? undefined : `${bits.length} bytes of ${tokens} tokens`;
}
