import {
  type Embedder,
  type Piece,
  signBits,
  type TokenEmbedder,
  type TokenWindow,
  textPiece,
  whyNotUnitRows,
} from "@pipit/core";
import { afterEach, describe, expect } from "vitest";
import { SENTENCES } from "../fixtures/sentences.ts";
import { claims, type Skips } from "./contract.ts";

const pieces = SENTENCES.map(textPiece);
const FORMS = ["bits", "floats"] as const;

type WithTokens = Embedder & { readonly tokens: TokenEmbedder; readonly window: TokenWindow };

/** The contract of every Embedder that makes token vectors. `make` is called once per test. */
export function tokenEmbedderContract(name: string, make: () => Promise<Embedder>, skips: Skips = {}): void {
  const { claim, end } = claims(skips);
  const made: Embedder[] = [];
  const open = async () => {
    const embedder = await make();
    made.push(embedder);
    return embedder as WithTokens;
  };

  afterEach(async () => {
    for (const embedder of made.splice(0)) await embedder.close();
  });

  describe(`token embedder: ${name}`, () => {
    claim("returns the vectors that it returns without tokens, to the bit", async () => {
      const embedder = await open();
      const vectors = await embedder.embed(pieces);
      for (const form of FORMS) expect((await embedder.tokens.embed(pieces, form)).vectors).toEqual(vectors);
    });

    claim("returns a vector for each token of the text, in a space that it names", async () => {
      const { tokens, window } = await open();
      const { dimensions, id } = tokens.space;
      expect(id).toMatch(/^[0-9a-f]{32}$/);
      const { counts, tokens: floats } = await tokens.embed(pieces, "floats");
      const read = pieces.map(({ text }) => Math.min(window.limit, window.count(text)));
      expect(counts).toEqual(read);
      const all = counts.reduce((sum, count) => sum + count, 0);
      expect(whyNotUnitRows(floats, all, dimensions)).toBeUndefined();
    });

    claim("tells of each token the word that it is a part of", async () => {
      const { tokens } = await open();
      const { counts } = await tokens.embed(pieces, "bits");
      for (const [i, { text }] of pieces.entries()) {
        const ranges = tokens.ranges(text);
        expect(ranges).toHaveLength(counts[i]!);
        for (const { start, end } of ranges) expect(text.slice(start, end)).toMatch(/^\S+$/);
        expect(ranges.map(({ start }) => start)).toEqual(ranges.map(({ start }) => start).toSorted((a, b) => a - b));
      }
      expect(tokens.ranges("wren, owl").map(({ start, end }) => "wren, owl".slice(start, end))).toContain("owl");
    });

    claim("cuts documents to the signs of what it returns for queries", async () => {
      const { tokens } = await open();
      const [bits, floats] = [await tokens.embed(pieces, "bits"), await tokens.embed(pieces, "floats")];
      expect(bits.tokens).toEqual(signBits(floats.tokens));
      expect(bits.counts).toEqual(floats.counts);
    });

    claim("a piece has the same bits alone and among others", async () => {
      const { tokens } = await open();
      for (const form of FORMS) {
        const alone: number[] = [];
        for (const piece of pieces) alone.push(...(await tokens.embed([piece], form)).tokens);
        expect([...(await tokens.embed(pieces, form)).tokens]).toEqual(alone);
      }
    });

    claim("a text without tokens has none, and an over-long one those of the window", async () => {
      const { tokens, window } = await open();
      const { counts, tokens: bits } = await tokens.embed(["", "wren ".repeat(400)].map(textPiece), "bits");
      expect(counts).toEqual([0, window.limit]);
      expect(bits).toHaveLength((window.limit * tokens.space.dimensions) / 8);
    });

    claim("fails as embed does: aborted, closed, a piece that is no text", async () => {
      const embedder = await open();
      const { tokens } = embedder;
      const aborted = tokens.embed(pieces, "bits", { signal: AbortSignal.abort() });
      await expect(aborted).rejects.toMatchObject({ code: "aborted" });
      const picture = { modality: "image" } as unknown as Piece;
      await expect(tokens.embed([picture], "bits")).rejects.toMatchObject({ code: "bad-input" });
      await embedder.close();
      await expect(tokens.embed(pieces, "bits")).rejects.toMatchObject({ code: "closed" });
    });

    end();
  });
}
