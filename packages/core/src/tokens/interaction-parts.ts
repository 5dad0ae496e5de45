import type { QueryTokens, TokenBits } from "../ports/token-scorer.ts";
import { assertComparable } from "./token-vectors.ts";

const BYTE_VALUES = 256;

/**
 * Tells of each token of a document its part of the late interaction: what the tokens of the query add for which it is the best one. Those
 * that are less similar to it than `leastSimilarity` add nothing. Eight dimensions are summed up by one look into a table.
 */
export class InteractionParts {
  readonly #query: QueryTokens;
  readonly #tables: Float32Array;
  readonly #total: number;

  constructor(query: QueryTokens) {
    this.#query = query;
    this.#tables = byteTables(query.vectors);
    this.#total = query.weights.reduce((sum, weight) => sum + weight, 0);
  }

  of(document: TokenBits, leastSimilarity = -1): Float32Array<ArrayBuffer> {
    assertComparable(this.#query, document);
    const parts = new Float32Array(document.bits.length / document.tokenBytes);
    if (this.#total === 0 || parts.length === 0) return parts;
    for (const [token, weight] of this.#query.weights.entries()) {
      if (weight === 0) continue;
      const { at, similarity } = this.#bestOf(token, document);
      if (similarity >= leastSimilarity) parts[at]! += (weight * similarity) / this.#total;
    }
    return parts;
  }

  #bestOf(token: number, { bits, tokenBytes }: TokenBits): { at: number; similarity: number } {
    let [best, most] = [0, Number.NEGATIVE_INFINITY];
    for (let from = 0; from < bits.length; from += tokenBytes) {
      let sum = 0;
      let table = token * tokenBytes * BYTE_VALUES;
      for (let at = from; at < from + tokenBytes; at++, table += BYTE_VALUES) sum += this.#tables[table + bits[at]!]!;
      if (sum > most) [best, most] = [from / tokenBytes, sum];
    }
    return { at: best, similarity: most / Math.sqrt(this.#query.dimensions) };
  }
}

/** For each eight values the sums of all choices of signs: bit i of the choice is 1 where value i counts as it is. */
function byteTables(values: Float32Array): Float32Array {
  const tables = new Float32Array((values.length / 8) * BYTE_VALUES);
  for (let byte = 0; byte < values.length / 8; byte++) {
    const own = values.subarray(byte * 8, byte * 8 + 8);
    const table = tables.subarray(byte * BYTE_VALUES, (byte + 1) * BYTE_VALUES);
    table[0] = -own.reduce((sum, value) => sum + value, 0);
    for (let choice = 1; choice < BYTE_VALUES; choice++) {
      const lowest = 31 - Math.clz32(choice & -choice);
      table[choice] = table[choice & (choice - 1)]! + 2 * own[lowest]!;
    }
  }
  return tables;
}
