import type { CollectionQuery, EmbeddedEntry, RefinableCollection, StoredTokens } from "@pipit/core";
import { describe, expect } from "vitest";
import { BAG_SPACE } from "../fixtures/bag-embedder.ts";
import { claims, type Skips } from "./contract.ts";

const SPACE = { id: "5".repeat(32), dimensions: 8 };

/** Homes of collections that compare tokens; see `collectionContract`. */
export interface TokenHomes {
  newHome(): Promise<() => Promise<RefinableCollection>>;
  filled(...entries: readonly EmbeddedEntry[]): Promise<RefinableCollection>;
}

/** The contract of every collection that is given a scorer of token vectors. */
export function tokenSearchContract(name: string, { newHome, filled }: TokenHomes, skips: Skips = {}): void {
  const { claim, end } = claims(skips);
  describe(`search by tokens: ${name}`, () => {
    claim(
      "ranks a passage higher whose tokens are nearer, and one without tokens as if they were usual ones",
      async () => {
        const collection = await filled(
          entry("none"),
          entry("far", [0b11110000]),
          entry("near", [0b00001111, 0b10101010]),
        );
        const { hits } = await collection.search(query([0b00001111]), { k: 9 });
        expect(hits.map(({ id }) => id)).toEqual(["near", "none", "far"]);
        expect(hits.map(({ evidence }) => evidence.tokens)).toEqual([
          expect.closeTo(1, 5),
          undefined,
          expect.closeTo(-1, 5),
        ]);
      },
    );

    claim("tells of each token of a passage what it adds, if it is of near meaning", async () => {
      const collection = await filled(entry("a", [0b10101010, 0b00001111, 0b11111111]));
      const [hit] = (await collection.search(query([0b00001111, 0b00110011]), { k: 1 })).hits;
      expect(Array.from(hit!.tokens!, (part) => Number(part.toFixed(3)))).toEqual([0, 0.5, 0]);
    });

    claim("weighs the query's tokens by the rarity of their words", async () => {
      const collection = await filled(entry("owl", [0b00001111]), entry("wren", [0b11110000]), entry("nobody"));
      const asked = { ...query([0b00001111, 0b11110000]), text: undefined };
      const words = (...list: string[]) => ({ ...asked, tokens: { ...asked.tokens, words: list } });
      const best = async (asked: CollectionQuery) => (await collection.search(asked, { k: 1 })).hits[0]?.id;
      // "text" is in all entries, "rare" in none.
      expect(await best(words("rare", "text"))).toBe("owl");
      expect(await best(words("text", "rare"))).toBe("wren");
      const { hits } = await collection.search(words("!", "?"), { k: 3 });
      expect(hits.map(({ evidence }) => evidence.tokens)).toEqual([undefined, undefined, undefined]);
    });

    claim("compares no tokens of another space", async () => {
      const foreign = { ...entry("a", [0b00001111]), tokens: { ...tokensOf([0b00001111]), space: "6".repeat(32) } };
      const collection = await filled(foreign);
      const [hit] = (await collection.search(query([0b00001111]), { k: 1 })).hits;
      expect(hit?.evidence).toMatchObject({ cosine: expect.closeTo(1, 5) });
      expect(hit?.evidence.tokens).toBeUndefined();
    });

    claim("refuses a query whose tokens do not fit their words", async () => {
      const collection = await filled(entry("a", [0b00001111]));
      const { tokens, ...rest } = query([0b00001111]);
      const wrong = { ...rest, tokens: { ...tokens!, words: ["two", "words"] } };
      await expect(collection.search(wrong, { k: 1 })).rejects.toMatchObject({ code: "bad-input" });
    });

    claim("follows replacements, new vectors, new fields and removals", async () => {
      const collection = await filled(entry("a", [0b11110000]), entry("b", [0b00001111]));
      const scores = async () => {
        const { hits } = await collection.search(query([0b00001111]), { k: 9 });
        return hits.map(({ id, evidence: { tokens } }) => [id, tokens === undefined ? "none" : Math.round(tokens)]);
      };
      await collection.setFields("b", { v: 1 });
      expect(await scores()).toEqual([
        ["b", 1],
        ["a", -1],
      ]);
      await collection.upsert([entry("b")]);
      expect(await scores()).toEqual([
        ["b", "none"],
        ["a", -1],
      ]);
      await collection.upsert([{ ...entry("b"), provisional: true }]);
      await collection.reembed([entry("b", [0b00001111])]);
      await collection.replace(entry("a", [0b00001111]));
      expect((await scores()).sort()).toEqual([
        ["a", 1],
        ["b", 1],
      ]);
      await collection.remove(["b"]);
      expect(await scores()).toEqual([["a", 1]]);
    });

    claim("has the same tokens after it was closed, and for other holders", async () => {
      const open = await newHome();
      const first = await open();
      await first.upsert(Array.from({ length: 40 }, (_, at) => entry(`${at}`, at % 2 === 0 ? [at, 255 - at] : [])));
      await first.remove(["4"]);
      const asked = async (collection: RefinableCollection) => {
        const { hits } = await collection.search(query([0b00001111]), { k: 50 });
        return hits.map(({ id, evidence }) => [id, evidence.tokens]).sort();
      };
      const before = await asked(first);
      expect(before.filter(([, tokens]) => tokens !== undefined)).toHaveLength(19);
      expect(await asked(await open())).toEqual(before);
      await first.close();
      expect(await asked(await open())).toEqual(before);
    });

    end();
  });
}

/** Each byte is a token. All entries have the same vector and text. */
function entry(id: string, bytes: readonly number[] = []): EmbeddedEntry {
  const passages = [{ start: 0, end: 4 }];
  const made = { id, text: "text", fields: {}, passages, vectors: vector(), producer: "bag", provisional: false };
  return bytes.length > 0 ? { ...made, tokens: tokensOf(bytes) } : made;
}

function tokensOf(bytes: readonly number[]): StoredTokens {
  return { space: SPACE.id, counts: [bytes.length], bits: Uint8Array.from(bytes) };
}

/** A query whose tokens have the signs of these bytes, each of a word that no entry has. */
function query(bytes: readonly number[]) {
  const signs = bytes.flatMap((byte) => Array.from({ length: 8 }, (_, i) => ((byte >> i) & 1 ? 1 : -1) / Math.sqrt(8)));
  const words = bytes.map((byte) => `word${byte}`);
  return { vector: vector(), text: "other", tokens: { space: SPACE, vectors: Float32Array.from(signs), words } };
}

function vector(): Float32Array {
  const unit = new Float32Array(BAG_SPACE.dimensions);
  unit[0] = 1;
  return unit;
}
