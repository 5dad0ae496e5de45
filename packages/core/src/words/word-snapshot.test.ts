import { describe, expect, test } from "vitest";
import { joinedBytes } from "../joined-bytes.ts";
import { WordIndex } from "./word-index.ts";
import { savedWords } from "./word-snapshot.ts";

const QUERIES = ["owl ", "naïve ", "E-1042 ", "heron river ", "フクロウ ", '"barn owl" '];
const stem = (word: string) => word.replace(/s$/, "");

function filled(): WordIndex {
  const index = new WordIndex({ stem });
  const texts = ["A barn owl", "herons by the river", "E-1042 is naïve", "フクロウ 🦆 ´", "", "owls \ud800 owl"];
  for (let i = 0; i < 300; i++) {
    const text = texts[i % texts.length]!;
    index.put(`e${i} \ud800"\n`, [{ text, fields: [{ text: `name ${i}`, weight: 2 }] }, { text: `${i} ${text}` }]);
  }
  for (let i = 0; i < 300; i += 7) index.delete(`e${i} \ud800"\n`);
  return index;
}

const bytesOf = async (index: WordIndex) => {
  const pieces = await index.saved();
  return joinedBytes(
    pieces,
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
};

describe("saved words", () => {
  test("answer as the index did that saved them, and go on", async () => {
    const index = filled();
    const opened = await WordIndex.open(await bytesOf(index), { stem });
    expect([opened.entries, opened.units]).toEqual([index.entries, index.units]);
    const answers = (of: WordIndex) => QUERIES.map((query) => of.search(query, { k: 20 }));
    expect(answers(opened)).toEqual(answers(index));
    for (const each of [index, opened]) {
      each.put("new", [{ text: "a barn owl by the river" }]);
      each.delete('e1 \ud800"\n');
    }
    expect(answers(opened)).toEqual(answers(index));
  });

  test("are opened with another stemmer", async () => {
    const opened = await WordIndex.open(await bytesOf(filled()));
    expect(opened.search("owls ", { k: 1_000 }).length).toBeLessThan(filled().search("owls ", { k: 1_000 }).length);
  });

  test("are opened from a Buffer, which is not changed", async () => {
    const bytes = Buffer.from(await bytesOf(filled()));
    const before = Buffer.from(bytes);
    await WordIndex.open(bytes);
    expect(bytes).toEqual(before);
  });

  test("are refused with a sound checksum too, if a number names no word or bytes are missing", async () => {
    const pieces = (words: readonly string[], units: number, sequence: readonly number[]) =>
      savedWords({ words, entries: [{ id: "a", units }], sequences: [Uint8Array.from(sequence)] });
    const opened = async (made: Promise<Uint8Array[]>) => WordIndex.open(Buffer.concat(await made));
    expect((await opened(pieces(["owl"], 1, [1, 0, 1, 0, 0]))).search("owl", { k: 1 })).toHaveLength(1);
    for (const made of [
      pieces(["owl"], 1, [1, 0, 1, 0, 1]),
      pieces(["owl"], 2, [1, 0, 1, 0, 0]),
      pieces(["owl"], 1, [1, 0, 9, 0, 0]),
      pieces(["owl"], 1, [255, 255, 255, 255, 255, 255]),
      pieces(["owl", "owl"], 1, [1, 0, 1, 0, 0]),
    ]) {
      await expect(opened(made)).rejects.toMatchObject({ code: "bad-snapshot" });
    }
  });

  test("of no entries are opened", async () => {
    expect((await WordIndex.open(await bytesOf(new WordIndex()))).entries).toBe(0);
  });

  test("that are cut anywhere, or have another bit anywhere, are refused", async () => {
    const bytes = await bytesOf(filled());
    const refused = { code: "bad-snapshot" };
    for (let length = 0; length < bytes.length; length += 1 + (length >> 5)) {
      await expect(WordIndex.open(bytes.subarray(0, length))).rejects.toMatchObject(refused);
    }
    for (let at = 0; at < bytes.length; at += 1 + (at >> 5)) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << (at % 8);
      await expect(WordIndex.open(damaged)).rejects.toMatchObject(refused);
    }
  });
});
