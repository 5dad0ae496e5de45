import { type Embedder, type Piece, textPiece, whyNotUnitRows } from "@pipit/core";
import { afterEach, describe, expect } from "vitest";
import { SENTENCES } from "../fixtures/sentences.ts";
import { claims, type Skips } from "./contract.ts";

const TEXTS = SENTENCES.map(textPiece);

export interface ContractPieces {
  /** Distinct pieces of a modality that the embedder reads, at least four. Default: sentences. */
  readonly pieces?: (() => readonly Piece[]) | undefined;
  /** A piece that it does not read. */
  readonly refused?: Piece | undefined;
  readonly skips?: Skips | undefined;
}

/** The contract of every Embedder. `make` is called once per test. */
export function embedderContract(
  name: string,
  make: () => Promise<Embedder>,
  { pieces: given = () => TEXTS, refused = { modality: "image" } as never, skips = {} }: ContractPieces = {},
): void {
  const { claim, end } = claims(skips);
  const made: Embedder[] = [];
  const open = async () => {
    const embedder = await make();
    made.push(embedder);
    return embedder;
  };
  const rowOf = (matrix: Float32Array, row: number, { space }: Embedder) =>
    matrix.slice(row * space.dimensions, (row + 1) * space.dimensions);

  afterEach(async () => {
    for (const embedder of made.splice(0)) await embedder.close();
  });

  describe(`embedder: ${name}`, () => {
    claim("returns one unit row per piece, in its space", async () => {
      const [embedder, pieces] = [await open(), given()];
      const vectors = await embedder.embed(pieces);
      expect(vectors).toBeInstanceOf(Float32Array);
      expect(whyNotUnitRows(vectors, pieces.length, embedder.space.dimensions)).toBeUndefined();
    });

    claim("names its space, producer and, if it reads texts, window", async () => {
      const { space, producer, window, reads = ["text"] } = await open();
      expect(space.id).toMatch(/^[0-9a-f]{32}$/);
      expect(producer.name).not.toBe("");
      expect(producer.fidelity.min).toBeLessThanOrEqual(producer.fidelity.mean);
      expect(window !== undefined).toBe(reads.includes("text"));
      expect(window?.limit ?? 1).toBeGreaterThan(0);
      expect(window?.count("owl") ?? 1).toBeGreaterThan(0);
    });

    claim("a row's bits depend on its piece alone, whatever its neighbors and its place", async () => {
      const [embedder, pieces] = [await open(), given()];
      const together = await embedder.embed(pieces, { priority: "bulk" });
      const backwards = await embedder.embed([...pieces].reverse());
      for (const [row, piece] of pieces.entries()) {
        const alone = await embedder.embed([piece]);
        expect(rowOf(together, row, embedder), `piece ${row}`).toEqual(alone);
        expect(rowOf(backwards, pieces.length - 1 - row, embedder), `piece ${row}`).toEqual(alone);
      }
    });

    claim("a repeated piece has the same vector in each of its rows", async () => {
      const [embedder, [one, other]] = [await open(), given()];
      const vectors = await embedder.embed([one!, other!, one!]);
      expect(rowOf(vectors, 2, embedder)).toEqual(rowOf(vectors, 0, embedder));
      expect(rowOf(vectors, 1, embedder)).not.toEqual(rowOf(vectors, 0, embedder));
    });

    claim("no pieces give an empty matrix", async () => {
      expect(await (await open()).embed([])).toHaveLength(0);
    });

    claim("the answer is the caller's own: overwriting it changes no later answer", async () => {
      const [embedder, [piece]] = [await open(), given()];
      const first = await embedder.embed([piece!]);
      const kept = first.slice();
      first.fill(0);
      expect(await embedder.embed([piece!])).toEqual(kept);
    });

    claim("calls at once each get their own rows", async () => {
      const [embedder, pieces] = [await open(), given()];
      const alone: Float32Array[] = [];
      for (const piece of pieces) alone.push(await embedder.embed([piece]));
      const again = await Promise.all(pieces.map((piece) => embedder.embed([piece])));
      expect(again).toEqual(alone);
    });

    claim("a signal that is aborted already rejects with aborted", async () => {
      const embedder = await open();
      const call = embedder.embed(given(), { signal: AbortSignal.abort() });
      await expect(call).rejects.toMatchObject({ code: "aborted" });
    });

    claim("an abort rejects its call and leaves the others alone", async () => {
      const [embedder, pieces] = [await open(), given()];
      const controller = new AbortController();
      const aborted = embedder.embed([pieces[2]!], { signal: controller.signal });
      const kept = embedder.embed([pieces[3]!]);
      controller.abort();
      await expect(aborted).rejects.toMatchObject({ code: "aborted" });
      expect(whyNotUnitRows(await kept, 1, embedder.space.dimensions)).toBeUndefined();
    });

    claim("a piece of another modality rejects with bad-input", async () => {
      const embedder = await open();
      await expect(embedder.embed([refused])).rejects.toMatchObject({ code: "bad-input" });
    });

    claim("a closed embedder rejects with closed", async () => {
      const embedder = await open();
      await embedder.close();
      await expect(embedder.embed(given())).rejects.toMatchObject({ code: "closed" });
    });

    end();
  });
}
