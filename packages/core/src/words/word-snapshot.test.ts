import { describe, expect, test } from "vitest";
import { joinedBytes } from "../joined-bytes.ts";
import { WordIndex } from "./word-index.ts";
import { type SavedWords, savedWords } from "./word-snapshot.ts";

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

  test("answer for words as they were typed before they are related, and then as ever", async () => {
    const index = filled();
    const opened = await WordIndex.open(await bytesOf(index), { stem });
    const ids = (query: string, reach?: "typed") =>
      opened
        .ask(query, { reach })
        .best(300)
        .map(({ id }) => id);
    expect(opened.reach).toBe("typed");
    expect([ids("herons ", "typed").length, ids("heron ", "typed").length]).toEqual([86, 0]);
    expect(ids("hero", "typed")).toEqual(ids("herons ", "typed"));
    expect(opened.reach).toBe("typed");
    await opened.relate();
    expect(opened.reach).toBe("near");
    expect(ids("heron ")).toHaveLength(86);
    expect(ids("herons ", "typed")).toHaveLength(86);
  });

  test("take up postings of further entries, and are saved with them", async () => {
    const index = filled();
    const bytes = await bytesOf(index);
    const opened = await WordIndex.open(bytes, { stem });
    for (const each of [index, opened]) {
      for (let i = 0; i < 500; i++) each.put(`new ${i}`, [{ text: `barn number ${i}` }]);
    }
    const again = await WordIndex.open(await bytesOf(opened), { stem });
    for (const query of [...QUERIES, "barn ", "number 77 "]) {
      expect(again.search(query, { k: 600 })).toEqual(index.search(query, { k: 600 }));
    }
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

  test("are refused with a sound checksum too, if their parts do not fit together", async () => {
    const numbers = (...list: number[]) => Uint32Array.from(list);
    const units = {
      sequences: Uint8Array.of(1, 0, 1, 0, 0),
      sizes: numbers(5),
      lengths: numbers(1),
      fieldLengths: numbers(0),
    };
    const postings = { bytes: Uint8Array.of(0), sizes: numbers(1), counts: numbers(1) };
    const sound = { words: ["owl"], entries: [{ id: "a", units: 1 }], units, postings };
    const opened = async (saved: SavedWords) => WordIndex.open(Buffer.concat(await savedWords(saved)));
    expect((await opened(sound)).search("owl", { k: 1 })).toHaveLength(1);
    const two = { bytes: Uint8Array.of(0, 0), sizes: numbers(1, 1), counts: numbers(1, 1) };
    for (const wrong of [
      { words: ["owl", "owl"], postings: two },
      { words: ["owl", "wren"] },
      { entries: [{ id: "a", units: 2 }] },
      { units: { ...units, sizes: numbers(6) } },
      { units: { ...units, lengths: numbers() } },
      { postings: { ...postings, sizes: numbers(2) } },
    ]) {
      await expect(opened({ ...sound, ...wrong })).rejects.toMatchObject({ code: "bad-snapshot" });
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
