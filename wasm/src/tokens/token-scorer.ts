import { assertComparable, PipitError, type QueryTokens, type TokenBits, type TokenScorer } from "@pipit/core";
import { KernelMemory, type MemoryExports, memoryOf } from "../shared/kernel-memory.ts";

interface TokenExports extends MemoryExports {
  fillTables(values: number, nibbles: number, tables: number): void;
  addBest(...numbers: BestNumbers): void;
}
type BestNumbers = [
  ...[tables: number, weights: number, tokenBytes: number],
  ...[bits: number, counts: number, documents: number, out: number],
];

const FIRST_PAGES = 4;
const MOST_BYTES = 2 ** 32;
/** Query tokens that are scored at once. */
const QUAD = 4;

/** Opens the scorer in memory of its own. It keeps nothing between calls. */
export function openTokenScorer(module: WebAssembly.Module, maxBytes = MOST_BYTES): TokenScorer {
  const wasm = memoryOf(FIRST_PAGES, maxBytes);
  const exports = new WebAssembly.Instance(module, { env: { memory: wasm } }).exports as unknown as TokenExports;
  return new KernelScorer(exports, new KernelMemory(wasm, exports, memoryIsShort));
}

/** Where the parts of a call lie. */
interface Places {
  readonly values: number;
  readonly tables: number;
  readonly weights: number;
  readonly counts: number;
  readonly scores: number;
  readonly bits: number;
}

class KernelScorer implements TokenScorer {
  readonly #exports: TokenExports;
  readonly #memory: KernelMemory;

  constructor(exports: TokenExports, memory: KernelMemory) {
    this.#exports = exports;
    this.#memory = memory;
  }

  score(query: QueryTokens, documents: readonly TokenBits[]): Float32Array<ArrayBuffer> {
    for (const document of documents) assertComparable(query, document);
    const shares = sharesOf(query);
    if (shares.length === 0) return new Float32Array(documents.length);
    const places = this.#place(query, documents);
    for (let token = 0; token < shares.length; token += QUAD)
      this.#addQuad(query, { shares, token, documents }, places);
    return Float32Array.from(this.#memory.f32(places.scores, documents.length));
  }

  /** Lays out a call and writes the documents. */
  #place({ dimensions }: QueryTokens, documents: readonly TokenBits[]): Places {
    const valueBytes = dimensions * QUAD * 4;
    const listBytes = Math.ceil(documents.length / 4) * 16;
    const bitBytes = documents.reduce((sum, { bits }) => sum + bits.length, 0);
    const values = this.#memory.stage(valueBytes * 5 + 16 + 2 * listBytes + bitBytes);
    const tables = values + valueBytes;
    const weights = tables + valueBytes * 4;
    const counts = weights + 16;
    const scores = counts + listBytes;
    const bits = scores + listBytes;
    this.#memory.u32(counts, documents.length).set(documents.map((each) => each.bits.length / each.tokenBytes));
    this.#memory.f32(scores, documents.length).fill(0);
    const all = this.#memory.bytes(bits, bitBytes);
    let at = 0;
    for (const document of documents) {
      all.set(document.bits, at);
      at += document.bits.length;
    }
    return { values, tables, weights, counts, scores, bits };
  }

  /** Adds the best products of four query tokens. */
  #addQuad({ dimensions, vectors }: QueryTokens, { shares, token, documents }: Quad, places: Places): void {
    const { values, tables, weights, counts, scores, bits } = places;
    const transposed = this.#memory.f32(values, dimensions * QUAD).fill(0);
    const lanes = Math.min(QUAD, shares.length - token);
    for (let lane = 0; lane < lanes; lane++) {
      const from = (token + lane) * dimensions;
      for (let i = 0; i < dimensions; i++) transposed[i * QUAD + lane] = vectors[from + i]!;
    }
    this.#memory
      .f32(weights, QUAD)
      .fill(0)
      .set(shares.subarray(token, token + lanes));
    this.#exports.fillTables(values, dimensions / 4, tables);
    this.#exports.addBest(tables, weights, dimensions / 8, bits, counts, documents.length, scores);
  }
}

interface Quad {
  readonly shares: Float32Array;
  readonly token: number;
  readonly documents: readonly TokenBits[];
}

/** Weights divided by their sum and by the length of a document's vector, whose values are 1 and -1; empty if they sum up to 0. */
function sharesOf({ dimensions, weights }: QueryTokens): Float32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return new Float32Array();
  return weights.map((weight) => weight / (total * Math.sqrt(dimensions)));
}

function memoryIsShort(bytes: number): PipitError {
  return new PipitError("storage-full", {
    got: `a scorer of ${bytes} bytes that memory cannot let grow`,
    expected: "room for the tokens of a call",
    do: "Score fewer documents at once.",
  });
}
