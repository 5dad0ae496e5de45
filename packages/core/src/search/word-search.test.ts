import { describe, expect, test } from "vitest";
import { folded, termsOf } from "../words/folded-words.ts";
import { WordSearch } from "./word-search.ts";

function searchOver(texts: Readonly<Record<string, string>>) {
  const words = new WordSearch();
  for (const [id, text] of Object.entries(texts)) words.put(id, text, [{ start: 0, end: text.length }]);
  return (query: string, k = 9) => words.search(query, { k, allows: () => true });
}

const ids = (hits: readonly { id: string }[]) => hits.map(({ id }) => id);

test("a long run is found in a text of the same run, and covers it", () => {
  const search = searchOver({ run: "ß".repeat(50_000), half: `${"ACGT".repeat(40)}TTTT${"ACGT".repeat(40)}` });
  expect(search("ß".repeat(4000))[0]).toMatchObject({ id: "run", score: expect.closeTo(0.99, 1) });
  expect(search("ACGT".repeat(40))[0]).toMatchObject({ id: "half", score: expect.closeTo(0.99, 1) });
  expect(search(`${"ACGT".repeat(40)}A`).map(({ id }) => id)).toEqual([]);
});

describe("words", () => {
  test.each([
    ["ЖАВОРОНОК", "жаворонок"],
    ["Ёлка", "елка"],
    ["й".normalize("NFD"), "й".normalize("NFC")],
    ["ΟΔΟΣ", "οδος"],
    ["Große STRASSE", "GROSSE straße"],
    ["ガ".normalize("NFD"), "ガ"],
    ["شَجَرَة", "شجرة"],
  ])("%j and %j are equal", (a, b) => {
    expect(folded(a)).toBe(folded(b));
  });

  test("of a script without spaces are all pairs of neighbouring characters", () => {
    expect(termsOf("百灵鸟 lark").map(({ text }) => text)).toEqual(["百灵", "灵鸟", "lark"]);
    expect(termsOf("鸟")).toEqual([{ text: "鸟", anywhere: true }]);
  });
});

describe("word search", () => {
  test("a word is found from its beginning, not within another", () => {
    const search = searchOver({ lark: "полевой жаворонок", field: "поле", no: "уполе" });
    expect(ids(search("пол"))).toEqual(["field", "lark"]);
  });

  test("a word of a script without spaces is found anywhere", () => {
    expect(ids(searchOver({ a: "草地上的百灵鸟在唱歌", b: "银行利率" })("百灵鸟"))).toEqual(["a"]);
  });

  test("more of the query's words are better, then a shorter passage; a question finds what it asks about", () => {
    const search = searchOver({
      one: "белая птица",
      both: "белая сова живёт на севере",
      short: "белая сова",
      none: "чёрный дрозд",
    });
    expect(ids(search("белая сова"))).toEqual(["short", "both", "one"]);
    const [best, ...others] = search("где ночью летит белая сова");
    expect([best!.id, ...ids(others)]).toEqual(["short", "both", "one"]);
    expect(best!.score).toBeLessThan(0.5);
  });

  test("only the same text scores 1", () => {
    const search = searchOver({ same: "белая сова", other: "сова белая", upper: "Белая Сова" });
    const scores = new Map(search("белая сова").map(({ id, score }) => [id, score]));
    expect(scores.get("same")).toBe(1);
    expect(scores.get("other")).toBeLessThan(1);
    expect(scores.get("upper")).toBeLessThan(1);
  });

  test("a part of a long run without words is found", () => {
    const dna = "ACGTTGCAGGCTATTACC".repeat(20);
    expect(ids(searchOver({ dna })(dna.slice(5, 40)))).toEqual(["dna"]);
  });

  test.each([
    ["🦉", "🌙🦉"],
    ["🐦", "Larks🐦"],
    ["🍕", "好吃🍕推荐"],
    ["❤\ufe0f", "I ❤ larks"],
    ["👍🏽", "well done 👍"],
    ["👩‍🔬", "👩🔬"],
    ["🇩🇪", "aus 🇦🇹🇩🇪"],
    ["∉", "∀x∉ℝ"],
  ])("a sign is a word of its own, wherever it stands: %j is in %j", (query, text) => {
    expect(ids(searchOver({ text, other: "🇪🇩 ∈ 🍔" })(query))).toEqual(["text"]);
  });

  test.each([
    ["iPhone", "我最喜欢的手机壳是iPhone的原装壳"],
    ["2024", "東京タワーは2024年に"],
    ["אביב", "תל־אביב"],
    ["жаворонок", "жаво\u00adронок"],
    ["میخواهم", "می\u200cخواهم"],
    ["草鸮", "草\u200b鸮"],
    ["葛城", "葛\u{e0100}城"],
  ])("%j is found in %j", (query, text) => {
    expect(ids(searchOver({ text })(query))).toEqual(["text"]);
  });

  test("a short term is not found within a long run: it is there by chance", () => {
    const search = searchOver({ dna: "ACGTTCATGCAGGCTATTACC".repeat(20) });
    expect(ids(search("cat"))).toEqual([]);
    expect(ids(search("gcaggctatt"))).toEqual(["dna"]);
  });

  test("an equal text of many terms is best, before one that has the first of them", () => {
    const letters = Array.from({ length: 300 }, (_, i) => String.fromCodePoint(0x4e00 + 7 * i)).join("");
    const search = searchOver({ beginning: letters.slice(0, 70), ...{ equal: letters, most: letters.slice(0, 200) } });
    expect(search(letters).map(({ id, score }) => [id, score])).toEqual([
      ["equal", 1],
      ["most", expect.closeTo(199 / 299, 2)],
      ["beginning", expect.closeTo(69 / 299, 2)],
    ]);
  });

  test.each([
    ["купить для дома", "для"],
    ["请问哪里有可以", "可以"],
    ["как и где", "и"],
  ])("of most words of %j none is in a text: one of few letters is there by chance", (query, chance) => {
    expect(ids(searchOver({ text: `${chance} совсем другое` })(query))).toEqual([]);
  });

  test.each([
    ["п", "птица", false],
    ["п", "буква п", true],
    ["5", "дом 51", false],
    ["2024", "в 20245 раз", false],
    ["15", "чехол 15", true],
    ["학", "학교에서", true],
  ])("a number and a word of one or two letters must be whole: %j in %j", (query, text, isFound) => {
    expect(ids(searchOver({ text })(query))).toEqual(isFound ? ["text"] : []);
  });

  describe("an entry of several passages", () => {
    const paragraphs = Array.from({ length: 12 }, (_, p) =>
      Array.from({ length: 60 }, (_, i) => String.fromCodePoint(0x4e00 + 800 * p + 13 * i)).join(""),
    );
    const words = new WordSearch();
    const text = paragraphs.join("\n\n");
    words.put(
      "long",
      text,
      paragraphs.map((paragraph) => ({ start: text.indexOf(paragraph), end: text.indexOf(paragraph) + 60 })),
    );
    words.put("other", paragraphs[7]!.slice(0, 30), [{ start: 0, end: 30 }]);
    const best = (query: string) => words.search(query, { k: 1, allows: () => true })[0];

    test("is found by its text with a sign more or a letter less", () => {
      for (const query of [
        `${text}！`,
        text.slice(1),
        text.replaceAll("\n\n", "\r\n\r\n"),
        text.replaceAll("\n\n", ""),
      ])
        expect(best(query)).toMatchObject({ id: "long", score: expect.closeTo(0.99, 1) });
    });

    test("is found by some of its passages", () => {
      const some = best(paragraphs.slice(3, 6).join("\n\n"));
      expect(some).toMatchObject({ id: "long", passage: { text: paragraphs[3] } });
      expect(some!.score).toBeGreaterThan(0.5);
    });
  });

  test("of a passage that the model reads in part all words are compared, of its unread words those alone", async () => {
    const words = new WordSearch();
    const names = ["чехол 13", "чехол 14", "чехол 15"];
    for (const [row, text] of names.entries()) words.put(text, text, [{ row, start: 0, end: 8, words: "чехол" }]);
    expect(words.search("чехол 15", { k: 3, allows: () => true })[0]).toMatchObject({ id: "чехол 15" });
    expect((await words.wordHits("чехол", names)).get("чехол 14")).toMatchObject([{ score: 1 }]);
  });

  test("punctuation alone finds nothing", () => {
    expect(searchOver({ a: "сова?" })("?!")).toEqual([]);
  });

  test("an entry that is gone is found no more", () => {
    const words = new WordSearch();
    words.put("a", "сова", [{ start: 0, end: 4 }]);
    words.delete("a");
    expect(words.search("сова", { k: 1, allows: () => true })).toEqual([]);
  });

  test("a scan of many texts lets others run, and ends when its caller leaves", async () => {
    const words = new WordSearch();
    const text = "белая сова живёт на севере ".repeat(2_000);
    for (let i = 0; i < 200; i++) words.put(`${i}`, text, [{ start: 0, end: text.length }]);
    const asked = { k: 300, allows: () => true };
    const controller = new AbortController();
    let ended = false;
    const scan = words.searchInSlices("белая сова", asked, controller.signal).finally(() => {
      ended = true;
    });
    // A text that is written again meanwhile is read again.
    setTimeout(() => {
      words.delete("0");
      words.put("0", text, [{ start: 0, end: 27 }]);
    }, 0);
    await new Promise((resume) => setTimeout(resume, 0));
    expect(ended).toBe(false);
    expect(ids(await scan).toSorted()).toEqual(ids(words.search("белая сова", asked)).toSorted());
    const left = words.searchInSlices("белая сова", asked, controller.signal);
    controller.abort();
    await expect(left).rejects.toThrow();
  });
});
