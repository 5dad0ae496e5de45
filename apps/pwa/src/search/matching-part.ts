import { isRead, MINILM_SPACE } from "@pipit/core";

type Embed = (texts: readonly string[], signal: AbortSignal) => Promise<Float32Array>;

const MOST_REMEMBERED = 2_000;
const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** The sentences of a text, each with the following space: joined they are the text. */
export function sentencesOf(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/**
 * Finds the sentence of a passage that is closest to the query, to show why a hit was found. Vectors of sentences are
 * cached, because further typing often finds the same hits; the oldest are dropped first. Call `forget` when the model changes.
 */
export class MatchingPart {
  readonly #embed: Embed;
  readonly #vectors = new Map<string, Float32Array>();

  constructor(embed: Embed) {
    this.#embed = embed;
  }

  forget(): void {
    this.#vectors.clear();
  }

  /** For each list, the position of the sentence nearest to the query. Sentences that the model does not read are never nearest. */
  async nearest(query: string, lists: readonly (readonly string[])[], signal: AbortSignal): Promise<number[]> {
    await this.#learn([query, ...lists.flat()], signal);
    const asked = this.#vectors.get(query);
    if (!asked) return lists.map(() => 0);
    return lists.map((sentences) => indexOfLargest(sentences.map((text) => inner(asked, this.#vectors.get(text)))));
  }

  async #learn(texts: readonly string[], signal: AbortSignal): Promise<void> {
    const asked = new Set(texts);
    const unknown = [...asked].filter((text) => !this.#vectors.has(text) && isRead(text, MINILM_SPACE));
    if (unknown.length === 0) return;
    this.#makeRoom(unknown.length, asked);
    const matrix = await this.#embed(unknown, signal);
    const dimensions = matrix.length / unknown.length;
    for (const [row, text] of unknown.entries()) {
      this.#vectors.set(text, matrix.subarray(row * dimensions, (row + 1) * dimensions));
    }
  }

  /** Drops the oldest vectors other than those of `kept`. */
  #makeRoom(count: number, kept: ReadonlySet<string>): void {
    for (const text of this.#vectors.keys()) {
      if (this.#vectors.size + count <= MOST_REMEMBERED) return;
      if (!kept.has(text)) this.#vectors.delete(text);
    }
  }
}

function inner(a: Float32Array, b: Float32Array | undefined): number {
  return b ? a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0) : Number.NEGATIVE_INFINITY;
}

function indexOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, at) => (value > (values[best] ?? Number.NEGATIVE_INFINITY) ? at : best), 0);
}
