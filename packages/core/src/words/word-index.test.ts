import { afterAll, describe, expect, test } from "vitest";
import { foldedWord, tokensOf } from "./tokens.ts";
import type { WordUnit } from "./unit-words.ts";
import { WordIndex } from "./word-index.ts";

/** A stemmer that is easy to follow: it cuts off the plural. */
const stem = (word: string) => (word.length > 3 ? word.replace(/s$/, "") : word);
const stopWords = new Set(["the", "of"]);
const make = () => new WordIndex({ stem, stopWords });

interface NaiveUnit {
  readonly id: string;
  readonly unit: number;
  readonly text: ReturnType<typeof tokensOf>;
  readonly fields: readonly { readonly quarters: number; readonly tokens: ReturnType<typeof tokensOf> }[];
}

/** Words in a plane. Near ones have a cosine of .5 or more, other words none. */
const ANGLES = new Map(
  Object.entries({ gull: 0, gulltern: 10, tern: 30, dunlin: 50, wren: 120, owl: 150, heron: 240, river: 270 }),
);
const DIMENSIONS = 32;
const meanings = {
  dimensions: DIMENSIONS,
  vectorOf: (word: string) => {
    const angle = ANGLES.get(word);
    if (angle === undefined) return undefined;
    const vector = new Float32Array(DIMENSIONS);
    vector.set([Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]);
    return vector;
  },
};
const cosineOf = (a: string, b: string) => {
  const [x, y] = [meanings.vectorOf(a), meanings.vectorOf(b)];
  const cosine = x && y ? x[0]! * y[0]! + x[1]! * y[1]! : 0;
  return cosine >= 0.5 ? cosine : 0;
};
const noMeaning = () => 0;

/** The definition of the score, from the present texts, for words that need no correction and are typed to their end. */
function naive(
  entries: ReadonlyMap<string, readonly WordUnit[]>,
  query: readonly string[],
  cosineOf: (a: string, b: string) => number,
): Map<string, number> {
  const units = [...entries].flatMap(([id, list]) =>
    list.map(
      ({ text, fields = [] }, unit): NaiveUnit => ({
        id,
        unit,
        text: tokensOf(text),
        fields: fields.map(({ text, weight }) => ({ quarters: Math.round(4 * weight), tokens: tokensOf(text) })),
      }),
    ),
  );
  const lengthOf = (tokens: NaiveUnit["text"]) => tokens.filter(({ beside }) => !beside).length;
  const fieldsOf = ({ fields }: NaiveUnit) => fields.reduce((sum, { tokens }) => sum + lengthOf(tokens), 0);
  const mean = (of: (unit: NaiveUnit) => number) =>
    Math.max(1, units.reduce((sum, unit) => sum + of(unit), 0) / Math.max(1, units.length));
  const [meanText, meanFields] = [mean(({ text }) => lengthOf(text)), mean(fieldsOf)];
  const scores = new Map<string, number>();
  for (const asked of query) {
    const literalWeightOf = (word: string) => {
      if (word === asked) return 1;
      if (foldedWord(word) === foldedWord(asked)) return 0.95;
      return stem(foldedWord(word)) === stem(foldedWord(asked)) ? 0.9 : 0;
    };
    const has = ({ text, fields }: NaiveUnit, word: string) =>
      [text, ...fields.map(({ tokens }) => tokens)].some((tokens) => tokens.some((token) => token.word === word));
    const postingsOf = (word: string) => units.filter((unit) => has(unit, word)).length;
    const rarityOf = (postings: number) => {
      const documents = Math.min(units.length, postings);
      return Math.log(1 + (units.length - documents + 0.5) / (documents + 0.5));
    };
    const words = units.flatMap(({ text, fields }) => [...text, ...fields.flatMap(({ tokens }) => tokens)]);
    const literal = new Set(words.flatMap(({ word }) => (literalWeightOf(word) > 0 ? [word] : [])));
    const ownRarity = rarityOf([...literal].reduce((sum, word) => sum + postingsOf(word), 0));
    const weights = new Map<string, number>();
    const weightOf = (word: string) => {
      if (!weights.has(word)) {
        const share = Math.min(1, rarityOf(postingsOf(word)) / ownRarity);
        weights.set(word, literalWeightOf(word) || 0.7 * cosineOf(asked, word) ** 2 * share);
      }
      return weights.get(word)!;
    };
    const countIn = (tokens: NaiveUnit["text"]) => tokens.reduce((sum, { word }) => sum + weightOf(word), 0);
    const frequencies = units.map((unit) => {
      const inText = countIn(unit.text) / (0.25 + (0.75 * lengthOf(unit.text)) / meanText);
      const quarters = unit.fields.reduce((sum, { quarters, tokens }) => sum + quarters * countIn(tokens), 0);
      return inText + quarters / 4 / (0.5 + (0.5 * fieldsOf(unit)) / meanFields);
    });
    const rarity = ownRarity * (stopWords.has(asked) ? 0.25 : 1);
    for (const [i, { id, unit }] of units.entries()) {
      const frequency = frequencies[i]!;
      if (frequency === 0) continue;
      const key = JSON.stringify([id, unit]);
      scores.set(key, (scores.get(key) ?? 0) + (rarity * 2.2 * frequency) / (1.2 + frequency));
    }
  }
  return scores;
}

let seed = Number(process.env.PIPIT_SEED ?? 20_261_130);
const random = () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return seed / 2 ** 31;
};
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const WORDS =
  "the of owl owls heron herons naïve naive v2.0.1 E-1042 camelCase night hunting river rivers well-known フクロウ 🦆 gull tern dunlin wren".split(
    " ",
  );
const text = (most: number) => Array.from({ length: Math.floor(random() * most) }, () => pick(WORDS)).join(" ");

describe("an index after puts, replacements and deletions in any order", () => {
  afterAll(() => console.log(`words: PIPIT_SEED ended at ${seed}`));

  test.each([
    ["as they are written", { make, cosineOf: noMeaning }],
    ["and words of near meaning", { make: () => new WordIndex({ stem, stopWords, meanings }), cosineOf }],
  ])(
    "finds words %s as a search through all present texts does, with the same scores",
    async (_, { make, cosineOf }) => {
      const index = make();
      const entries = new Map<string, readonly WordUnit[]>();
      for (let step = 0; step < 1_600; step++) {
        const id = `e${Math.floor(random() * 150)}`;
        if (random() < 0.3) {
          expect(index.delete(id)).toBe(entries.delete(id));
        } else {
          const units = Array.from({ length: Math.floor(random() * 4) }, () => ({
            text: text(12),
            ...(random() < 0.5 && { fields: [{ text: text(4), weight: pick([0.5, 2, 3]) }] }),
          }));
          index.put(id, units);
          entries.delete(id);
          entries.set(id, units);
        }
        if (step % 80 > 0) continue;
        if (step % 400 === 0) await index.tidy();
        const query = [...new Set([pick(WORDS), pick(WORDS), "owl", "the"])].filter((word) => /^[a-zï]+$/.test(word));
        const expected = naive(entries, query, cosineOf);
        const hits = index.search(`${query.join(" ")} `, { k: 10_000 });
        expect(hits.map(({ id, unit }) => JSON.stringify([id, unit])).sort()).toEqual([...expected.keys()].sort());
        for (const { id, unit, score } of hits) expect(score).toBeCloseTo(expected.get(JSON.stringify([id, unit]))!, 9);
        for (const [i, { score }] of hits.entries())
          expect(score).toBeLessThanOrEqual(hits[i - 1]?.score ?? Number.POSITIVE_INFINITY);
        expect(index.search(`${query.join(" ")} `, { k: 5 })).toEqual(hits.slice(0, 5));
        const answer = index.ask(`${query.join(" ")} `);
        for (const [id, units] of entries) {
          for (const unit of units.keys()) {
            expect(answer.evidenceOf(id, unit)?.score).toBeCloseTo(expected.get(JSON.stringify([id, unit])) ?? 0, 9);
          }
        }
        expect([index.entries, index.units]).toEqual([entries.size, [...entries.values()].flat().length]);
      }
    },
  );
});

describe("a query", () => {
  const birds = make();
  const put = (id: string, text: string, name?: string) =>
    birds.put(id, [{ text, fields: name ? [{ text: name, weight: 3 }] : [] }]);
  put("tawny", "An owl that hoots at night.", "Tawny Owl");
  put("snowy", "A white owl of the tundra. It hunts by day, at night too.", "Snowy Owl");
  put("secretary", "A raptor on long legs.", "Secretarybird");
  put("blackbird", "A black thrush with a yellow bill.", "Blackbird");
  put("grasshopper", "It reels for minutes like a grasshopper.", "Grasshopper Warbler");
  put("cafe", "A café by the river", "Cafe guests: naive naïve");
  put("version", "Since v2.0.1 of 2014 the error E-1042 is gone.");
  put("band", "To be or not to be, sang The Who.");
  const found = (query: string) => birds.search(query, { k: 10 }).map(({ id }) => id);

  test.each([
    ["owls", ["tawny", "snowy"]],
    ["Tawny owl", ["tawny", "snowy"]],
    ["secretary bird", ["secretary"]],
    ["blackbrid", ["blackbird"]],
    ["grashoper ", ["grasshopper"]],
    ["cafe", ["cafe"]],
    ["E-1042", ["version"]],
    ["e1042", ["version"]],
    ["v2.0.1", ["version"]],
    ["2015 ", []],
    ["blac", ["blackbird"]],
    ["blac ", ["blackbird"]],
    ["to be or not to be", ["band"]],
    ["the who ", ["band"]],
    ['"not to be"', ["band"]],
    ['"be to not"', []],
    ['"night too" owl', ["snowy"]],
    ["owl -tundra", ["tawny"]],
    ['owl -"hoots at"', ["snowy"]],
    ["xqzvw qqqq ", []],
    ["", []],
    ["!?", []],
  ])("%j finds %j", (query, ids) => {
    const hits = found(query);
    expect(hits.slice(0, ids.length)).toEqual(ids);
    if (ids.length === 0 || query.includes('"') || query.includes("-")) expect(hits).toEqual(ids);
  });

  test("a version is found without its v before others that have the v", () => {
    const index = make();
    index.put("former", [{ text: "Version v1.7 is out" }]);
    index.put("plain", [{ text: "Release 1.7.3 is out" }]);
    for (const query of ["v1.7.3", "V1.7.3 "]) expect(index.search(query, { k: 2 })[0]?.id).toBe("plain");
    expect(index.search("v1.7 ", { k: 2 })[0]?.id).toBe("former");
  });

  test.each([
    ["whiteduck", "白鳥が飛ぶ", '"鳥"', "-鳥"],
    ["camel", "a camelCase name", '"camelcase"', "-camelcase"],
    ["known", "a well-known bird", '"wellknown"', "-wellknown"],
    ["plus", "made with C++", '"C++"', "-C++"],
    ["link", "a name at https://github.com/user/repo", '"github.com"', "-github.com"],
    ["path", "a name of /usr/bin/env", '"/usr/bin"', "-usr/bin"],
    ["call", "the name os.path.join(a, b)", '"os.path"', '-"os.path"'],
  ])("of %s sees words beside others in quotes and after a minus", (id, text, phrase, exclusion) => {
    const index = make();
    index.put(id, [{ text }]);
    index.put("other", [{ text: "made with C# for a bird" }]);
    expect(index.search(phrase, { k: 3 }).map(({ id }) => id)).toEqual([id]);
    expect(index.search(`bird made name 白鳥 ${exclusion} `, { k: 3 }).map(({ id }) => id)).toEqual(["other"]);
  });

  test.each([
    ["cancon ", "canción", true],
    ["brulle ", "brûlée", true],
    ["🇩🇰🇩🇰", "🇩🇪🇩🇪", false],
    ["フクロウ", "カキクケコ", false],
    ["夜の鳥", "フクロウは夜に飛ぶ鳥です", true],
    ["花の色", "昼の庭は美しい", false],
    ["10432 ", "10422", false],
    ['"19"', "$1.9 billion", false],
    ['"21"', "won by 2-1", false],
    ['"10000"', "10,000 gulls", true],
    ["5551234 ", "555-1234", true],
    ["gulls -19", "1.9 gulls", true],
    ["cooperate ", "co-operate", true],
    ["co-operate ", "cooperate", true],
    ["wi-fi ", "wifi", true],
    ["e-mail ", "email", true],
  ])("%j beside %j: found is %s", (query, text, isFound) => {
    const index = make();
    index.put("a", [{ text }]);
    expect(index.search(query, { k: 1 }).length).toBe(isFound ? 1 : 0);
  });

  test("ranks the exact form above the form without accents", () => {
    const index = make();
    index.put("plain", [{ text: "resume of a gull" }]);
    index.put("accented", [{ text: "résumé of a gull" }]);
    expect(index.search("résumé ", { k: 2 }).map(({ id }) => id)).toEqual(["accented", "plain"]);
    expect(index.search("resume ", { k: 2 }).map(({ id }) => id)).toEqual(["plain", "accented"]);
  });

  test("finds allowed entries only", () => {
    expect(birds.search("owl ", { k: 5, allows: (id) => id !== "tawny" }).map(({ id }) => id)).toEqual(["snowy"]);
  });

  test("with equal scores names the entry first that was put first", () => {
    const index = make();
    for (const id of ["c", "a", "b"]) index.put(id, [{ text: "owl" }]);
    expect(index.search("owl", { k: 3 }).map(({ id }) => id)).toEqual(["c", "a", "b"]);
  });

  test("has no score for what it leaves out, and none for what is not there", () => {
    const scoreOf = (query: string, id: string, unit = 0) =>
      birds.ask(query, { allowed: finished(birds.unitsOf((id) => id !== "cafe")) }).evidenceOf(id, unit)?.score;
    expect(scoreOf("owl -tundra", "tawny")).toBeGreaterThan(0);
    expect(scoreOf("gull", "tawny")).toBe(0);
    expect(scoreOf("owl -tundra", "snowy")).toBeUndefined();
    expect(scoreOf('"white owl"', "tawny")).toBeUndefined();
    expect(scoreOf("river", "cafe")).toBeUndefined();
    expect([scoreOf("owl", "nobody"), scoreOf("owl", "tawny", 1)]).toEqual([undefined, undefined]);
  });

  test("tells how rare a word is with its inflections, and of several the rarest", () => {
    const index = new WordIndex({ stem, stopWords });
    for (let i = 0; i < 8; i++)
      index.put(`${i}`, [{ text: i < 2 ? "the owl" : i < 4 ? "the owls, a tern" : "the end" }]);
    expect(index.rarityOf("owls")).toBeCloseTo(Math.log(1 + 4.5 / 4.5), 12);
    expect(index.rarityOf("heron")).toBeGreaterThan(index.rarityOf("tern"));
    expect(index.rarityOf("owl-tern")).toBeGreaterThanOrEqual(index.rarityOf("tern"));
    expect(index.rarityOf("the")).toBeCloseTo(0.25 * Math.log(1 + 0.5 / 8.5), 12);
    expect(index.rarityOf("!?")).toBe(0);
  });

  test.each([0, -1, Number.NaN])(
    "is not asked of fields with the weight %d: they are refused, and the former entry stays",
    (weight) => {
      const index = make();
      index.put("a", [{ text: "owl" }]);
      expect(() => index.put("a", [{ text: "gull", fields: [{ text: "gull", weight }] }])).toThrow(
        expect.objectContaining({ code: "bad-input" }),
      );
      expect(index.search("owl", { k: 1 })).toHaveLength(1);
    },
  );

  test("names the unit that matches", () => {
    const index = make();
    index.put("a", [{ text: "gull" }, { text: "owl" }]);
    expect(index.search("owl", { k: 3 })).toMatchObject([{ id: "a", unit: 1 }]);
  });
});

describe("an index of many words that are alike", () => {
  test.each([
    ["begin alike", (i: number) => `user_${100_000 + i}`, "user_1"],
    [
      "differ in one letter",
      (i: number) => `가나다라마바${String.fromCharCode(0xac00 + (i % 10_000))}`,
      "가나다라마바힣힣 ",
    ],
    [
      "differ in accents",
      (i: number) => `a${"\u0301\u0300\u0302".slice(0, 1 + (i % 3))}${"b\u0301".repeat(i % 20)}`,
      'a "á" ',
    ],
  ])("%s: a query reaches some of them", (_, word, query) => {
    const index = make();
    for (let i = 0; i < 20_000; i++) index.put(`e${i}`, [{ text: word(i) }]);
    expect(index.search(query, { k: 5 }).length).toBeGreaterThan(0);
  });

  test("is tidied when much of it was deleted, and answers as before", async () => {
    const index = make();
    for (let i = 0; i < 3_000; i++) index.put(`e${i % 1_000}`, [{ text: `owl number ${i} of the river` }]);
    expect(index.isStale).toBe(true);
    const before = [index.search("owl number 2500 ", { k: 7 }), index.bytes] as const;
    await index.tidy();
    expect(index.isStale).toBe(false);
    expect(index.search("owl number 2500 ", { k: 7 })).toEqual(before[0]);
    expect(index.bytes).toBeLessThan(before[1]);
    for (let i = 0; i < 1_000; i++) index.put("none", []);
    expect(index.isStale).toBe(true);
  });

  test("saves nothing of deleted entries", async () => {
    const index = make();
    index.put("a", [{ text: "confidential" }]);
    index.put("a", [{ text: "public" }]);
    const bytes = Buffer.concat(await index.saved());
    expect([bytes.includes("public"), bytes.includes("confidential")]).toEqual([true, false]);
  });
});

function finished<T>(making: Generator<void, T>): T {
  let step = making.next();
  while (!step.done) step = making.next();
  return step.value;
}

describe("words of near meaning", () => {
  const birds = () => {
    const index = new WordIndex({ stem, stopWords, meanings });
    for (let i = 0; i < 20; i++) index.put(`filler${i}`, [{ text: "naive night" }]);
    return index;
  };
  const found = (index: WordIndex, query: string) => index.search(query, { k: 10 }).map(({ id }) => id);

  test("are found, the nearer above the more distant and the word itself above both", () => {
    const index = birds();
    index.put("distant", [{ text: "a dunlin" }]);
    index.put("near", [{ text: "a tern" }]);
    index.put("itself", [{ text: "a gull" }]);
    index.put("other", [{ text: "a heron" }]);
    expect(found(index, "gull ")).toEqual(["itself", "near", "distant"]);
    const coverageOf = (id: string) => index.ask("gull ").evidenceOf(id, 0)!.coverage;
    expect(coverageOf("itself")).toBe(1);
    expect(coverageOf("near")).toBeCloseTo(0.7 * cosineOf("gull", "tern") ** 2, 5);
    expect(coverageOf("other")).toBe(0);
  });

  test("are named as matches of a unit if they are near enough for a reader to see why", () => {
    const index = birds();
    index.put("both", [{ text: "a tern and a dunlin, a gull" }]);
    const near = ["gull", "tern", "dunlin"].filter((word) => cosineOf("gull", word) >= 0.65);
    expect(near).not.toContain("dunlin");
    expect(index.ask("gull ").matchedIn("both", 0).sort()).toEqual(near.sort());
  });

  test("are not reached if the words are asked for as they are written", () => {
    const index = birds();
    index.put("near", [{ text: "a tern" }]);
    expect(index.ask("gull ", { reach: "written" }).best(9)).toEqual([]);
  });

  test("are found where the word itself is nowhere", () => {
    const index = birds();
    index.put("near", [{ text: "a tern" }]);
    expect(found(index, "gull ")).toEqual(["near"]);
  });

  test("leave a rare word its rarity, however frequent they are, and count for no more than their own", () => {
    const [alone, among] = [birds(), birds()];
    for (const index of [alone, among]) {
      index.put("itself", [{ text: "a gull" }]);
      for (let i = 0; i < 100; i++) index.put(`many${i}`, [{ text: index === among ? "a tern" : "a heron" }]);
    }
    const scoreOf = (index: WordIndex, query: string, id: string) => index.ask(query).evidenceOf(id, 0)!.score;
    expect(scoreOf(among, "gull ", "itself")).toBe(scoreOf(alone, "gull ", "itself"));
    expect(scoreOf(among, "gull ", "many0")).toBeLessThan(scoreOf(among, "tern ", "many0"));
  });

  test.each([
    ['"gull" ', "in quotes"],
    ["gull42 ", "as a part of an identifier"],
    ["gullTern ", "that is an identifier"],
    ["night -gull ", "after a minus"],
  ])("are not reached by %s, a word %s", (query) => {
    const [plain, soft] = [
      { stem, stopWords },
      { stem, stopWords, meanings },
    ].map((options) => {
      const index = new WordIndex(options);
      index.put("itself", [{ text: "a gull, gull42, gullTern, beside a dunlin" }]);
      index.put("near", [{ text: "a tern at night" }]);
      const evidence = ["itself", "near"].map((id) => index.ask(query).evidenceOf(id, 0));
      // Which words are names is known with meanings only.
      return evidence.map((found) => found && { score: found.score, coverage: found.coverage });
    });
    expect(soft).toEqual(plain);
  });

  test("are no stop words, and stop words reach none", () => {
    const index = new WordIndex({ stem, stopWords: new Set(["gull"]), meanings });
    index.put("near", [{ text: "tern" }]);
    index.put("stop", [{ text: "gull" }]);
    expect(found(index, "gull ")).toEqual(["stop"]);
    expect(found(index, "tern ")).toEqual(["near"]);
  });

  test("are found from the moment on that the index is given meanings", async () => {
    const index = new WordIndex({ stem, stopWords });
    index.put("near", [{ text: "a tern" }]);
    expect(found(index, "gull ")).toEqual([]);
    index.useMeanings(meanings);
    expect(index.reach).toBe("written");
    await index.relate();
    expect([index.reach, found(index, "gull ")]).toEqual(["near", ["near"]]);
    await index.tidy();
    expect(found(index, "gull ")).toEqual(["near"]);
  });

  test("that were deleted take no place among the nearest", () => {
    const words = Array.from({ length: 12 }, (_, i) => `bird${"abcdefghijkl"[i]}`);
    const one = { dimensions: DIMENSIONS, vectorOf: () => meanings.vectorOf("gull") };
    const index = new WordIndex({ meanings: one });
    for (const word of words) index.put(word, [{ text: word }]);
    expect(found(index, "gull ")).toEqual(words.slice(0, 8));
    for (const word of words.slice(0, 8)) index.delete(word);
    expect(found(index, "gull ")).toEqual(words.slice(8));
  });

  test("are found after an index was saved and opened, and after it was tidied", async () => {
    const index = birds();
    index.put("near", [{ text: "a tern" }]);
    const bytes = new Uint8Array(Buffer.concat(await index.saved()));
    const opened = await WordIndex.open(bytes, { stem, stopWords, meanings });
    expect(opened.search("gull ", { k: 3 })).toEqual(index.search("gull ", { k: 3 }));
    await opened.tidy();
    expect(opened.reach).toBe("near");
    expect(found(opened, "gull ")).toEqual(["near"]);
    expect(found(await WordIndex.open(bytes, { stem, stopWords }), "gull ")).toEqual([]);
  });
});
