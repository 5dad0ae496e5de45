import { type Entry, type SearchEngine, textPiece } from "@pipit/core";
import { afterEach, describe, expect } from "vitest";
import { createBagEmbedder } from "../fixtures/bag-embedder.ts";
import { claims, type Skips } from "./contract.ts";
import { ODD_CALLS, outcomeOf } from "./odd-calls.ts";
import { unreadTextClaims } from "./unread-texts.ts";

/** The contract of every SearchEngine: in process, in a worker, over HTTP. `make` returns an engine with the bag of words on an empty collection. */
export function searchEngineContract(name: string, make: () => Promise<SearchEngine>, skips: Skips = {}): void {
  const { claim, end } = claims(skips);
  const made: SearchEngine[] = [];
  const filled = async () => {
    const engine = await make();
    made.push(engine);
    await engine.add(BIRDS);
    return engine;
  };

  afterEach(async () => {
    for (const engine of made.splice(0)) await engine.close();
  });

  describe(`search engine: ${name}`, () => {
    claim("finds the entry whose words are asked for, best first", async () => {
      const engine = await filled();
      const { hits } = await engine.search("night hunter with silent wings", { k: 3 });
      expect(hits).toHaveLength(3);
      expect(hits[0]).toMatchObject({ id: "owl", entry: { id: "owl", fields: { family: "owls" } } });
      expect([...hits].sort((a, b) => b.score - a.score)).toEqual([...hits]);
    });

    claim("names space, producer and the time each stage took", async () => {
      const result = await (await filled()).search("song");
      expect(result.space).toMatch(/^[0-9a-f]{32}$/);
      expect(result.producer).not.toBe("");
      expect(result.took.total).toBeGreaterThanOrEqual(result.took.embed);
    });

    claim("answers fewer than k when fewer are there", async () => {
      expect((await (await filled()).search("bird", { k: 50 })).hits).toHaveLength(BIRDS.length);
    });

    claim("takes a vector in place of a text, and finds what the text finds", async () => {
      const engine = await filled();
      const text = "night hunter with silent wings";
      const vector = await createBagEmbedder().embed([textPiece(text)]);
      const [byText, byVector] = [await engine.search(text, { ranking: "meaning" }), await engine.search(vector)];
      expect(byVector.hits.map(({ id }) => id)).toEqual(byText.hits.map(({ id }) => id));
      for (const [at, { score }] of byText.hits.entries()) expect(byVector.hits[at]?.score).toBeCloseTo(score, 5);
      expect(byText.hits[0]).toMatchObject({ id: "owl", matches: [] });
      expect(Object.keys(byText.hits[0]!.evidence)).toEqual(["cosine"]);
    });

    claim("takes a text and a vector together: words by the one, meaning by the other", async () => {
      const engine = await filled();
      const vector = await createBagEmbedder().embed([textPiece("night hunter with silent wings")]);
      const { space } = await engine.search("owl");
      const { hits, producer } = await engine.search({ text: "bittern reeds", vector, space });
      const ofWords = hits.find(({ id }) => id === "bittern")!;
      const ofMeaning = hits.find(({ id }) => id === "owl")!;
      expect(producer).toBe("caller");
      expect(ofWords.evidence.words!).toBeGreaterThan(ofMeaning.evidence.words!);
      expect(ofMeaning.evidence.cosine!).toBeGreaterThan(ofWords.evidence.cosine!);
      const foreign = engine.search({ vector, space: "0".repeat(32) });
      await expect(foreign).rejects.toMatchObject({ code: "space-mismatch" });
    });

    claim("ranks by words alone, by meaning alone, or by both, and shows the evidence", async () => {
      const engine = await filled();
      const text = "booms silently";
      const ranked = async (ranking?: "both" | "meaning" | "words") => (await engine.search(text, { ranking })).hits;
      const [both, meaning, words] = [await ranked(), await ranked("meaning"), await ranked("words")];
      expect(both).toEqual(await ranked("both"));
      expect(both.map(({ id }) => id)).toEqual(expect.arrayContaining(["bittern", "owl"]));
      expect(Object.keys(both[0]!.evidence).sort()).toEqual(["cosine", "coverage", "names", "title", "words"]);
      expect(meaning).toHaveLength(BIRDS.length);
      // "silently" is of one stem with "silent".
      expect(words.map(({ id, match }) => [id, match]).sort()).toEqual([
        ["bittern", "words"],
        ["owl", "words"],
      ]);
    });

    claim("explains the score of a hit by its evidence and the weights, if asked to", async () => {
      const engine = await filled();
      const { hits } = await engine.search("silent wings", { explain: true });
      const sums = hits.map(({ reasons }) => reasons!.reduce((sum, { value, weight }) => sum + value * weight, 0));
      expect(sums).toEqual(sums.toSorted((a, b) => b - a));
      const { evidence, reasons } = hits[0]!;
      expect(reasons?.map((reason) => reason.evidence)).toEqual([
        "cosine",
        "words",
        "coverage",
        "title",
        "names",
        "all",
      ]);
      expect(reasons?.[0]?.value).toBe(evidence.cosine);
      expect((await engine.search("silent wings")).hits[0]?.reasons).toBeUndefined();
    });

    claim("finds words in other forms, in a title, misspelt and unfinished, and marks them in the text", async () => {
      const engine = await filled();
      await engine.add([{ id: "titled", text: "It nests on cliffs.", fields: { name: "Peregrine Falcon" } }]);
      const first = async (query: string) => {
        const [hit] = (await engine.search(query, { ranking: "words" })).hits;
        return [hit?.id, hit?.matches.map(({ start, end }) => hit.entry.text.slice(start, end)).join()];
      };
      expect(await first("creeping bramble")).toEqual(["wren", "creeps,brambles"]);
      expect(await first("bitern")).toEqual(["bittern", "bittern"]);
      expect(await first("skyl")).toEqual(["lark", "skylark"]);
      expect(await first("peregrine")).toEqual(["titled", ""]);
    });

    claim("a code that no entry has is not answered by others that are like it", async () => {
      const engine = await filled();
      await engine.add([{ id: "code", text: "Error E-104: the door is open." }]);
      expect((await engine.search("error E-104")).weak).toBeUndefined();
      const { hits, weak } = await engine.search("error E-5555");
      expect([hits[0]?.id, weak]).toEqual(["code", true]);
    });

    claim("a phrase in quotes must be there, and a word after a minus must not, whatever the ranking", async () => {
      const engine = await filled();
      const ids = async (query: string) => (await engine.search(query)).hits.map(({ id }) => id).sort();
      expect(await ids('"short tail" bird')).toEqual(["wren"]);
      expect(await ids("bird -reed -song")).toEqual(["bittern", "owl", "wren"]);
    });

    claim("an entry whose text or title is the query, word for word, is first and nearly certain", async () => {
      const engine = await filled();
      const texts = ["silent wings", "wings, silent", "Silent wings of a silent owl, so silent, such wings"];
      await engine.add(texts.map((text) => ({ id: text, text })));
      await engine.add([{ id: "titled", text: "It hunts at night.", fields: { title: "Night hunter" } }]);
      for (const [query, id] of [
        ["Silent wings", "silent wings"],
        ["wings silent", "wings, silent"],
        ["night hunter", "titled"],
      ] as const) {
        const [best, next] = (await engine.search(query)).hits;
        expect(best, query).toMatchObject({ id, evidence: { whole: true } });
        expect(best!.score).toBeGreaterThan(0.99);
        expect(next?.evidence.whole).toBeUndefined();
      }
    });

    claim("says how sure it is, and that nothing found is likely an answer", async () => {
      const engine = await filled();
      const good = await engine.search("night hunter with silent wings");
      expect(good.confidence).toBe(good.hits[0]?.score);
      expect(good.weak).toBeUndefined();
      const nonsense = await engine.search("xqzvw qqqq");
      expect(nonsense).toMatchObject({ weak: true, confidence: expect.any(Number) });
      expect(nonsense.confidence).toBeLessThan(good.confidence);
      const none = await engine.search("night hunter with silent wings", { minScore: 2 });
      expect(none).toMatchObject({ hits: [], confidence: good.confidence });
    });

    claim("every score is a probability", async () => {
      const engine = await filled();
      for (const query of ["owl", "a", "reed bunting notes", "совa", "xqzvw"]) {
        for (const { score } of (await engine.search(query)).hits) {
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(1);
        }
      }
    });

    claim("finds entries like an entry, without itself", async () => {
      const engine = await filled();
      const ids = async (query: object, options = {}) => (await engine.search(query, options)).hits.map(({ id }) => id);
      await engine.add([{ id: "first", text: "a kestrel hovers over the motorway" }]);
      await engine.add([{ id: "second", text: "over the motorway a kestrel hovers, looking down" }]);
      expect((await ids({ like: "first" }))[0]).toBe("second");
      expect(await ids({ like: "second" }, { k: 1 })).toEqual(["first"]);
      expect(await ids({ like: "second" }, { k: 1000 })).not.toContain("second");
      expect((await engine.search({ like: "first" })).producer).toBe("entry");
      await engine.add([
        { id: "unread", text: "пустельга" },
        { id: "other", text: "малая пустельга" },
      ]);
      expect((await ids({ like: "unread" }))[0]).toBe("other");
      const refused = (query: object, options = {}) =>
        expect(engine.search(query, options).then(({ hits }) => hits)).rejects;
      await refused({ like: "nobody" }).toMatchObject({ code: "unknown-entry" });
      await refused({ like: "first", text: "kestrel" }).toMatchObject({ code: "bad-input" });
      await refused({ like: 7 }).toMatchObject({ code: "bad-input" });
      await refused({ like: "first" }, { ranking: "words" }).toMatchObject({ code: "bad-input" });
    });

    claim("without a model that reads them, media are refused by name", async () => {
      const engine = await filled();
      const bytes = Uint8Array.of(0xff, 0xd8, 0xff);
      const add = engine.add([{ id: "photo", text: "a photo", media: [{ bytes }] }]);
      await expect(add).rejects.toMatchObject({ code: "unsupported", stored: 0 });
      await expect(engine.search({ medium: bytes })).rejects.toMatchObject({ code: "unsupported" });
      await expect(engine.add([{ id: "photo", media: [{}] } as never])).rejects.toMatchObject({ code: "bad-input" });
      expect((await engine.search("photo", { ranking: "words" })).hits).toEqual([]);
    });

    claim("a vector of another width is refused", async () => {
      await expect((await filled()).search(new Float32Array([1, 0]))).rejects.toMatchObject({ code: "bad-vector" });
    });

    claim("filters by equals, in, range, exists, and, or, not", async () => {
      const engine = await filled();
      const ids = async (filter: Parameters<SearchEngine["search"]>[1] extends infer O ? NonNullable<O> : never) =>
        (await engine.search("bird", { k: 50, ...filter })).hits.map((hit) => hit.id).sort();
      expect(await ids({ filter: { field: "family", equals: "owls" } })).toEqual(["owl"]);
      expect(await ids({ filter: { field: "family", in: ["owls", "larks"] } })).toEqual(["lark", "owl"]);
      expect(await ids({ filter: { field: "sizeCm", range: { from: 18, below: 60 } } })).toEqual(["lark", "owl"]);
      expect(await ids({ filter: { field: "rare", exists: true } })).toEqual(["bittern"]);
      expect(await ids({ filter: { not: { field: "habitat", equals: "wetland" } } })).toEqual(["lark", "owl", "wren"]);
      const both = {
        and: [
          { field: "habitat", equals: "wetland" },
          { field: "sizeCm", range: { above: 50 } },
        ],
      } as const;
      expect(await ids({ filter: both })).toEqual(["bittern"]);
      expect(await ids({ filter: { or: [both, { field: "family", equals: "wrens" }] } })).toEqual(["bittern", "wren"]);
    });

    claim("an unknown form of filter is refused, saying what would do", async () => {
      const filter = { field: "family", like: "ow" } as never;
      await expect((await filled()).search("bird", { filter })).rejects.toMatchObject({ code: "bad-input" });
    });

    claim("leaves out hits below minScore", async () => {
      const engine = await filled();
      const { hits } = await engine.search("night hunter with silent wings", { k: 5 });
      const least = hits[2]!.score;
      const { hits: good } = await engine.search("night hunter with silent wings", { k: 5, minScore: least });
      expect(good).toEqual(hits.filter((hit) => hit.score >= least));
      expect(good.length).toBeLessThan(hits.length);
    });

    claim("k below 1, above 1,000 or not whole is refused", async () => {
      const engine = await filled();
      await expect(engine.search("bird", { k: 0 })).rejects.toMatchObject({ code: "bad-input" });
      await expect(engine.search("bird", { k: 1.5 })).rejects.toMatchObject({ code: "bad-input" });
      await expect(engine.search("bird", { k: 1001 })).rejects.toMatchObject({ code: "bad-input" });
    });

    claim("adding an id again replaces the entry", async () => {
      const engine = await filled();
      await engine.add([{ id: "owl", text: "a heron stands in shallow water" }]);
      const { hits } = await engine.search("heron in shallow water", { k: 1 });
      expect(hits[0]).toMatchObject({ id: "owl", entry: { text: "a heron stands in shallow water" } });
      expect((await engine.stats()).entries).toBe(BIRDS.length);
    });

    claim("update of the fields alone keeps the text findable", async () => {
      const engine = await filled();
      await engine.update("owl", { fields: { family: "night birds" } });
      const filter = { field: "family", equals: "night birds" } as const;
      const { hits } = await engine.search("silent wings", { filter });
      expect(hits.map((hit) => hit.id)).toEqual(["owl"]);
      expect(hits[0]?.entry.text).toBe(BIRDS[0]?.text);
    });

    claim("update of the text keeps the fields", async () => {
      const engine = await filled();
      await engine.update("owl", { text: "dives from the sea cliff" });
      const { hits } = await engine.search("dives from the sea cliff", { k: 1 });
      expect(hits[0]).toMatchObject({ id: "owl", entry: { fields: { family: "owls" } } });
    });

    claim("an entry that is removed while it is updated stays removed", async () => {
      const engine = await filled();
      const patches = [{ text: LONG }, { text: "a short text" }, { fields: { family: "owls" } }, {}];
      for (const patch of patches) {
        await engine.add(BIRDS);
        const updating = engine.update("owl", patch).catch((error) => error.code);
        expect(await engine.remove(["owl"])).toBe(1);
        expect([undefined, "unknown-entry"]).toContain(await updating);
        expect((await engine.stats()).entries).toBe(BIRDS.length - 1);
      }
    });

    claim("updates of one entry at the same time keep one another's parts", async () => {
      const engine = await filled();
      const patches = [{ text: LONG }, { fields: { family: "night birds" } }, {}];
      await Promise.all(patches.map((patch) => engine.update("owl", patch)));
      const filter = { field: "family", equals: "night birds" } as const;
      const { hits } = await engine.search("the committee spoke about the budget", { filter });
      expect(hits.map(({ entry }) => entry)).toEqual([{ id: "owl", text: LONG, fields: { family: "night birds" } }]);
    });

    claim("update of an id that is not there is refused", async () => {
      await expect((await filled()).update("nobody", { text: "x" })).rejects.toMatchObject({ code: "unknown-entry" });
    });

    claim("removed entries are found no more, and how many were there is told", async () => {
      const engine = await filled();
      expect(await engine.remove(["owl", "nobody"])).toBe(1);
      const { hits } = await engine.search("night hunter with silent wings", { k: 50 });
      expect(hits.map((hit) => hit.id)).not.toContain("owl");
    });

    claim("adds from an async stream, telling progress", async () => {
      const engine = await make();
      made.push(engine);
      async function* stream() {
        for (let i = 0; i < 150; i++) yield { id: `n${i}`, text: `note number ${i}` };
      }
      const done: number[] = [];
      const summary = await engine.add(stream(), { onProgress: (progress) => done.push(progress.done) });
      expect(summary).toEqual({ added: 150, skipped: [] });
      expect(done.at(-1)).toBe(150);
      expect(done.length).toBeGreaterThan(1);
      expect((await engine.stats()).entries).toBe(150);
    });

    claim("entries without anything to read are skipped by name", async () => {
      const engine = await make();
      made.push(engine);
      const summary = await engine.add([
        { id: "blank", text: " \n " },
        { id: "full", text: "a word" },
      ]);
      expect(summary).toEqual({ added: 1, skipped: ["blank"] });
    });

    claim("invisible characters alone are nothing to read, in an entry as in a query", async () => {
      const engine = await filled();
      const invisible = ["\u200b\u200b", "\u00ad", "\u200f", "\u0000", "\ufffd", "\ufe0f", "\u0301"];
      const summary = await engine.add(invisible.map((text, i) => ({ id: `${i}`, text })));
      expect(summary).toEqual({ added: 0, skipped: invisible.map((_, i) => `${i}`) });
      for (const query of ["", " \n", ...invisible]) {
        expect(await engine.search(query), JSON.stringify(query)).toMatchObject({ hits: [], unread: true });
      }
    });

    unreadTextClaims(claim, filled);

    claim("a malformed entry is refused, and nothing of its batch is stored", async () => {
      const engine = await make();
      made.push(engine);
      const bad = [
        { id: "good", text: "fine" },
        { id: "", text: "no id" },
      ];
      await expect(engine.add(bad)).rejects.toMatchObject({ code: "bad-input" });
      expect((await engine.stats()).entries).toBe(0);
    });

    claim("an add that fails midway says how many entries of the call are stored, and they are", async () => {
      const engine = await make();
      made.push(engine);
      const good = Array.from({ length: 300 }, (_, i) => ({ id: `n${i}`, text: `note number ${i}` }));
      const failed = await engine.add([...good, { id: "", text: "no id" }]).catch((error) => error);
      expect(failed).toMatchObject({ code: "bad-input", stored: expect.any(Number) });
      expect(failed.stored).toBeGreaterThan(0);
      expect((await engine.stats()).entries).toBe(failed.stored);
      expect(failed.message).toContain(`The first ${failed.stored} entries of this call are stored.`);
    });

    claim("an aborted add keeps what it reported", async () => {
      const engine = await make();
      made.push(engine);
      const controller = new AbortController();
      let reported = 0;
      const entries = Array.from({ length: 500 }, (_, i) => ({ id: `n${i}`, text: `note number ${i}` }));
      const adding = engine.add(entries, {
        signal: controller.signal,
        onProgress: ({ done }) => {
          reported = done;
          controller.abort();
        },
      });
      await expect(adding).rejects.toMatchObject({ name: "AbortError" });
      const { entries: stored } = await engine.stats();
      expect(stored).toBeGreaterThanOrEqual(reported);
      expect(stored).toBeLessThan(500);
    });

    claim("an abort ends an add whose source has stalled", async () => {
      const engine = await make();
      made.push(engine);
      const controller = new AbortController();
      async function* stalled() {
        yield { id: "a", text: "a bird" };
        setTimeout(() => controller.abort(), 20);
        await new Promise(() => undefined);
      }
      const adding = engine.add(stalled(), { signal: controller.signal });
      await expect(adding).rejects.toMatchObject({ name: "AbortError" });
    });

    claim("closing ends an add whose source has stalled", async () => {
      const engine = await make();
      async function* stalled() {
        yield { id: "a", text: "a bird" };
        setTimeout(() => void engine.close(), 20);
        await new Promise(() => undefined);
      }
      await expect(engine.add(stalled())).rejects.toMatchObject({ code: "closed" });
    });

    claim(
      "a search that is aborted after it began rejects with AbortError, and the engine answers others",
      async () => {
        const engine = await filled();
        const controller = new AbortController();
        const searching = engine.search("song", { signal: controller.signal });
        controller.abort();
        await expect(searching).rejects.toMatchObject({ name: "AbortError" });
        expect((await engine.search("song", { k: 1 })).hits).toHaveLength(1);
      },
    );

    claim("an aborted search rejects with AbortError", async () => {
      const signal = AbortSignal.abort();
      await expect((await filled()).search("bird", { signal })).rejects.toMatchObject({ name: "AbortError" });
    });

    claim("a hit names the passage of a long text that matched", async () => {
      const engine = await make();
      made.push(engine);
      const needle = "Puffins dig their burrows in soft turf above the sea.";
      await engine.add([{ id: "long", text: `${LONG}${needle} ${LONG}` }]);
      const { hits } = await engine.search("puffins dig burrows in turf", { k: 3 });
      expect(hits).toHaveLength(1);
      const { part } = hits[0]!;
      if (part.modality !== "text") throw new Error("got a picture");
      const { text, start, end } = part;
      expect(text).toContain("Puffins dig");
      expect(hits[0]!.entry.text.slice(start, end)).toBe(text);
      expect(text.length).toBeLessThan(hits[0]!.entry.text.length / 2);
    });

    claim(
      "stats tell entries, passages, space, producer, backend, why and the recall that searches reach",
      async () => {
        const stats = await (await filled()).stats();
        expect(stats.entries).toBe(BIRDS.length);
        expect(stats.passages).toBeGreaterThanOrEqual(BIRDS.length);
        expect(stats.space.dimensions).toBeGreaterThan(0);
        expect(stats.producer.name).not.toBe("");
        expect(stats.backend).not.toBe("");
        expect(stats.why).not.toBe("");
        expect(stats.recall).toBe(1);
      },
    );

    claim("a closed engine refuses calls", async () => {
      const engine = await make();
      await engine.close();
      await expect(engine.search("bird")).rejects.toMatchObject({ code: "closed" });
    });

    for (const odd of ODD_CALLS) {
      claim(odd.name, async () => {
        const engine: OddEngine = await filled();
        const outcome = engine.odd ? await engine.odd(odd.name) : await outcomeOf(odd, engine);
        expect(outcome).toEqual(odd.answer);
      });
    }

    claim("a refused call changes nothing", async () => {
      const engine: OddEngine = await filled();
      const before = await engine.stats();
      for (const odd of ODD_CALLS.filter(({ answer }) => answer === "bad-input")) {
        await (engine.odd ? engine.odd(odd.name) : outcomeOf(odd, engine));
      }
      expect((await engine.stats()).entries).toBe(before.entries);
      expect((await engine.search("night hunter with silent wings", { k: 1 })).hits[0]?.entry).toEqual(BIRDS[0]);
    });

    end();
  });
}

/** An engine in another process makes the odd calls there, because the driver's serialisation would change them. */
interface OddEngine extends SearchEngine {
  odd?(name: string): Promise<unknown>;
}

const BIRDS: readonly Entry[] = [
  {
    id: "owl",
    text: "The barn owl is a night hunter with silent wings over the meadow.",
    fields: { family: "owls", habitat: ["farmland", "meadow"], sizeCm: 35 },
  },
  {
    id: "lark",
    text: "The skylark pours out its song high above open fields.",
    fields: { family: "larks", habitat: ["farmland"], sizeCm: 18 },
  },
  {
    id: "wren",
    text: "The wren creeps through brambles with its short tail cocked.",
    fields: { family: "wrens", habitat: ["woodland", "garden"], sizeCm: 10 },
  },
  {
    id: "bittern",
    text: "The bittern booms from deep inside the reeds of a marsh.",
    fields: { family: "herons", habitat: ["wetland"], sizeCm: 75, rare: true },
  },
  {
    id: "reed-bunting",
    text: "The reed bunting perches on a stem and repeats a few thin notes.",
    fields: { family: "buntings", habitat: ["wetland"], sizeCm: 15 },
  },
];

const LONG = "The committee met again and spoke about the budget of the coming year. ".repeat(60);
