import type { TokenValues } from "../computed-text.ts";
import type { TokenSpace } from "../ports/embedder.ts";
import { whyNotUnitRows } from "../unit-rows.ts";

/** Why these are no token vectors of texts with so many tokens each, or undefined if they are: their number, or rows of another length. */
export function whyNotTokens(
  tokens: TokenValues,
  counts: readonly number[],
  { dimensions }: TokenSpace,
): string | undefined {
  const count = counts.reduce((sum, each) => sum + each, 0);
  if (tokens instanceof Float32Array) return whyNotUnitRows(tokens, count, dimensions);
  return tokens.length === (count * dimensions) / 8 ? undefined : `${tokens.length} bytes of ${count} tokens`;
}
