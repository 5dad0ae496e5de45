import { isPipitError, LIMITS, type SearchEngine } from "@pipit/core";

/** A call that a boundary might change, and the result of every implementation: a value, or the code of an error. */
export interface OddCall {
  readonly name: string;
  readonly call: (engine: SearchEngine) => Promise<unknown>;
  readonly answer: unknown;
}

export async function outcomeOf({ call }: OddCall, engine: SearchEngine): Promise<unknown> {
  try {
    return await call(engine);
  } catch (error) {
    return isPipitError(error) ? error.code : `${error}`;
  }
}

class OwnVector extends Float32Array {}
const DIMENSIONS = 64;
const unit = (make: (values: number[]) => unknown) =>
  make(Array.from({ length: DIMENSIONS }, (_, i) => (i === 3 ? 1 : 0)));
const any = (value: unknown) => value as never;
const infinite = Number.POSITIVE_INFINITY;
const half = "cut \ud83d";

const add = (entry: unknown) => (engine: SearchEngine) => engine.add([any(entry)]).then(({ added }) => added);
const addFields = (fields: unknown) => add({ id: "odd", text: "odd", fields });
const fieldsBack = (fields: unknown) => async (engine: SearchEngine) => {
  await addFields(fields)(engine);
  const { hits } = await engine.search("odd", { k: 1 });
  return JSON.stringify(hits[0]?.entry.fields);
};
const search =
  (query: unknown, options: object = {}) =>
  (engine: SearchEngine) =>
    engine.search(any(query), { k: 9, ...options }).then(({ hits }) => hits.length);
const filter = (given: unknown) => async (engine: SearchEngine) => {
  const numbered = [
    { id: "one", text: "one", fields: { n: 1 } },
    { id: "big", text: "big", fields: { n: 1e308 } },
  ];
  await engine.add([...numbered, { id: "none", text: "none" }]);
  const { hits } = await engine.search("one", { filter: any(given) });
  return hits
    .map((hit) => hit.id)
    .sort()
    .join();
};

const refused = (cases: Record<string, OddCall["call"]>, code = "bad-input") =>
  Object.entries(cases).map(([name, call]) => ({ name, call, answer: code }));

export const ODD_CALLS: readonly OddCall[] = [
  ...refused({
    "an id cut in half an emoji": add({ id: half, text: "t" }),
    "an id that is a number": add({ id: 3, text: "t" }),
    "an id beyond the limit": add({ id: "x".repeat(LIMITS.idCharacters + 1), text: "t" }),
    "a text beyond the limit": add({ id: "l", text: "bird ".repeat(LIMITS.textCharacters / 5 + 1) }),
    "a text that is a String object": add({ id: "s", text: new String("t") }),
    "no entry but null": add(null),
    "entries that are a text": (engine) => engine.add(any("owl")),
    "no entries at all": (engine) => engine.add(any(undefined)),
    "a hole among the entries": (engine) => engine.add(any(new Array(2))),
    "a field that is a Date": addFields({ when: new Date(0) }),
    "a field that is a BigInt": addFields({ n: 3n }),
    "a field that is a Symbol": addFields({ s: Symbol("s") }),
    "a field that is a function": addFields({ f: () => 1 }),
    "a field that is null": addFields({ n: null }),
    "a field that is undefined": addFields({ n: undefined }),
    "a field that is NaN": addFields({ n: Number.NaN }),
    "a field that is infinite": addFields({ n: infinite }),
    "a field that is an object": addFields({ n: { toJSON: () => 1 } }),
    "a list with a hole": addFields({ n: new Array(3) }),
    "a list with NaN": addFields({ n: [1, Number.NaN] }),
    "fields that are a Map": addFields(new Map([["a", 1]])),
    "fields that are a Date": addFields(new Date(0)),
    "a field's name cut in half an emoji": addFields({ [half]: 1 }),
    "more fields than the limit": addFields(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, 1]))),
    "fields longer than the limit": addFields({ long: "x".repeat(LIMITS.fieldsCharacters) }),
    "a list longer than the limit": addFields({ tags: new Array(LIMITS.fieldElements + 1).fill("") }),
    "an update of an id cut in half an emoji": (engine) => engine.update(half, { fields: {} }),
    "an update with a text of null": (engine) => engine.update("owl", { text: any(null) }),
    "an update with a field of null": (engine) => engine.update("owl", { fields: any({ n: null }) }),
    "an update of a part that no entry has": (engine) => engine.update("owl", any({ feilds: {} })),
    "an update with a list": (engine) => engine.update("owl", any([])),
    "removing ids that are a String object": (engine) => engine.remove(any(new String("owl"))),
    "options that are a Map": (engine) => engine.search("owl", any(new Map([["filter", { and: [] }]]))),
    "options that are a Date": (engine) => engine.search("owl", any(new Date(0))),
    "options whose prototype has an unknown one": (engine) => engine.search("owl", Object.create({ filters: 1 })),
    "a signal that cannot be left": search("owl", { signal: { aborted: false, addEventListener() {} } }),
    "an update with no patch": (engine) => engine.update("owl", any(null)),
    "removing ids that are a text": (engine) => engine.remove(any("owl")),
    "removing an id that is a number": (engine) => engine.remove(any([3])),
    "removing a hole among the ids": (engine) => engine.remove(any(new Array(2))),
    "a query beyond the limit": search("bird ".repeat(LIMITS.queryCharacters / 5 + 1)),
    "options of null for a search": (engine) => engine.search("owl", any(null)),
    "options that are a text for a search": (engine) => engine.search("owl", any("k")),
    "a search with a signal that is none": search("owl", { signal: {} }),
    "a search with a signal of null": search("owl", { signal: null }),
    "a search with a signal of an empty text": search("owl", { signal: "" }),
    "an option that nobody knows": search("owl", { limit: 1 }),
    "a search with a filter under another name": search("owl", { filters: { field: "n", equals: 1 } }),
    "an add with an option of searches": (engine) => engine.add([{ id: "odd", text: "odd" }], any({ k: 3 })),
    "an add with a signal of 0": (engine) => engine.add([{ id: "odd", text: "odd" }], { signal: any(0) }),
    "options of null for an add": (engine) => engine.add([{ id: "odd", text: "odd" }], any(null)),
    "options that are a number for an add": (engine) => engine.add([{ id: "odd", text: "odd" }], any(3)),
    "an add with a signal that is none": (engine) => engine.add([{ id: "odd", text: "odd" }], { signal: any("stop") }),
    "an add with progress that is no function": (engine) =>
      engine.add([{ id: "odd", text: "odd" }], { onProgress: any("told") }),
    "a query of nothing": search({}),
    "a query with an unknown part": search({ text: "owl", vectors: [] }),
    "a query whose text is a number": search({ text: 3 }),
    "a query whose space is a number": search({ text: "owl", space: 3 }),
    "explain as a text": search("owl", { explain: "yes" }),
    "an unknown ranking": search("owl", { ranking: "fast" }),
    "a vector to be ranked by words": search(
      unit((values) => Float32Array.from(values)),
      { ranking: "words" },
    ),
    "k of NaN": search("owl", { k: Number.NaN }),
    "k of infinity": search("owl", { k: infinite }),
    "k as a text": search("owl", { k: "5" }),
    "k as a BigInt": search("owl", { k: 5n }),
    "minScore of NaN": search("owl", { minScore: Number.NaN }),
    "minScore of null": search("owl", { minScore: null }),
    "a filter of null": search("owl", { filter: null }),
    "a filter of false": search("owl", { filter: false }),
    "a filter of two conditions": search("owl", { filter: { and: [], or: [] } }),
    "a filter with an unknown property": search("owl", { filter: { field: "n", equals: 1, owner: "ann" } }),
    "a filter with a Date": search("owl", { filter: { field: "n", equals: new Date(0) } }),
    "a filter with a BigInt": search("owl", { filter: { field: "n", equals: 3n } }),
    "a filter that equals infinity": search("owl", { filter: { field: "n", equals: infinite } }),
    "a filter with NaN for a bound": search("owl", { filter: { field: "n", range: { from: Number.NaN } } }),
    "a filter with bounds of two kinds": search("owl", { filter: { field: "n", range: { from: 1, to: "2" } } }),
    "a filter with a hole": search("owl", { filter: { and: new Array(2) } }),
    "a filter of too many conditions": search("owl", { filter: { or: new Array(999).fill({ and: [] }) } }),
  }),
  ...refused(
    {
      "a vector of zeros": search(new Float32Array(DIMENSIONS)),
      "a vector with NaN": search(unit((values) => Float32Array.from(values).fill(Number.NaN, 0, 1))),
      "a vector with infinity": search(unit((values) => Float32Array.from(values).fill(infinite, 0, 1))),
      "a vector without values": search(new Float32Array(0)),
      "a vector of too many values": search(new Float32Array(LIMITS.vectorDimensions + 1).fill(1)),
      "a vector of another width": search(Float32Array.of(1, 0)),
      "a vector of texts": search(unit((values) => values.map(String))),
      "a vector of whole numbers": search(unit((values) => Int8Array.from(values))),
      "a query that is null": search(null),
      "a query that is a number": search(3),
    },
    "bad-vector",
  ),
  ...refused(
    {
      "an update to an invisible text, of an entry that is not there": (engine) =>
        engine.update("nobody", { text: "\u200b" }),
      "an update to a text of white space, of an entry that is not there": (engine) =>
        engine.update("nobody", { text: " " }),
    },
    "unknown-entry",
  ),
  ...refused(
    {
      "an update to a text of white space": (engine) => engine.update("owl", { text: " \n" }),
      "an update to an empty text": (engine) => engine.update("owl", { text: "" }),
      "an update to an invisible text": (engine) => engine.update("owl", { text: "\u200b" }),
      "an update to a control character": (engine) => engine.update("owl", { text: "\u0002" }),
    },
    "nothing-to-read",
  ),
  {
    name: "a text cut in half an emoji",
    call: async (engine) => {
      await add({ id: "odd", text: `odd ${half}` })(engine);
      return (await engine.search("odd", { k: 1 })).hits[0]?.entry.text;
    },
    answer: "odd cut \ufffd",
  },
  {
    name: "a list as long as the limit",
    call: addFields({ tags: new Array(LIMITS.fieldElements).fill("") }),
    answer: 1,
  },
  {
    name: "a filter as deep as the limit, with a list in it",
    call: search("owl", {
      filter: Array.from({ length: LIMITS.filterDepth - 1 }).reduce<unknown>((inner) => ({ and: [inner] }), {
        field: "n",
        in: [1],
      }),
    }),
    answer: 0,
  },
  {
    name: "a filter with a string as long as the limit, each character of it escaped in JSON",
    call: search("owl", { filter: { field: "n", equals: "\u0001".repeat(LIMITS.filterCharacters) } }),
    answer: 0,
  },
  { name: "an option that is undefined", call: search("owl", { filters: undefined, signal: undefined }), answer: 5 },
  { name: "a query cut in half an emoji", call: search(half), answer: 5 },
  { name: "half an emoji in a field", call: fieldsBack({ title: half }), answer: '{"title":"cut \\ud83d"}' },
  {
    name: "fields named like members of objects",
    call: fieldsBack(JSON.parse('{"__proto__":"x","constructor":[1],"toString":true,"":0}')),
    answer: '{"__proto__":"x","constructor":[1],"toString":true,"":0}',
  },
  {
    name: "a filter by a field named like a member of objects",
    call: async (engine) => {
      await addFields(JSON.parse('{"__proto__":"x"}'))(engine);
      return (await engine.search("odd", { filter: { field: "__proto__", equals: "x" } })).hits.map((hit) => hit.id);
    },
    answer: ["odd"],
  },
  {
    name: "a filter by a member that every object has",
    call: search("owl", { filter: { field: "constructor", exists: true } }),
    answer: 0,
  },
  {
    name: "fields with a getter, and frozen",
    call: fieldsBack(
      Object.freeze({
        get size() {
          return 3;
        },
      }),
    ),
    answer: '{"size":3}',
  },
  {
    name: "fields without a prototype",
    call: fieldsBack(Object.assign(Object.create(null), { size: 3 })),
    answer: '{"size":3}',
  },
  { name: "a field of -0", call: fieldsBack({ n: -0 }), answer: '{"n":0}' },
  {
    name: "a NUL in id, text and field",
    call: async (engine) => {
      await engine.add([{ id: "a\0b", text: "odd\0ly", fields: { n: "x\0y" } }]);
      const [hit] = (await engine.search("odd", { filter: { field: "n", equals: "x\0y" } })).hits;
      return [hit?.entry, await engine.remove(["a\0b"])];
    },
    answer: [{ id: "a\0b", text: "odd\0ly", fields: { n: "x\0y" } }, 1],
  },
  { name: "properties that an entry does not have", call: add({ id: "odd", text: "odd", more: () => 1 }), answer: 1 },
  {
    name: "ids of dots, slashes and per cent signs",
    call: async (engine) => {
      const ids = [".", "..", "a/b", "100%", "%2e", "?", "#", "🐦", "é", "e\u0301"];
      await engine.add(ids.map((id) => ({ id, text: "odd" })));
      for (const id of ids) await engine.update(id, { fields: { id } });
      const found = [];
      for (const id of ids) found.push(await engine.search("odd", { filter: { field: "id", equals: id } }));
      return [found.every(({ hits }, i) => hits.length === 1 && hits[0]?.id === ids[i]), await engine.remove(ids)];
    },
    answer: [true, 10],
  },
  {
    name: "an id twice in one call",
    call: async (engine) => {
      const { added } = await engine.add([
        { id: "odd", text: "first odd" },
        { id: "odd", text: "last odd" },
      ]);
      return [added, (await engine.search("odd", { k: 1 })).hits[0]?.entry.text, (await engine.stats()).entries];
    },
    answer: [1, "last odd", 6],
  },
  {
    name: "an id a thousand times in one call",
    call: async (engine) => {
      const same = Array.from({ length: 1000 }, (_, i) => ({ id: "same", text: `odd ${i}` }));
      const told: number[] = [];
      const summary = await engine.add(same, { onProgress: ({ done }) => told.push(done) });
      return [summary, told.at(-1), (await engine.search("odd 999", { k: 1 })).hits[0]?.entry.text];
    },
    answer: [{ added: 1, skipped: [] }, 1000, "odd 999"],
  },
  {
    name: "an entry added again with an empty text",
    call: async (engine) => {
      const summary = await engine.add([{ id: "owl", text: " \n" }]);
      const { hits } = await engine.search("night hunter with silent wings", { k: 9 });
      return [summary, hits.some((hit) => hit.id === "owl"), (await engine.stats()).entries];
    },
    answer: [{ added: 0, skipped: ["owl"] }, false, 4],
  },
  {
    name: "an empty text before and after a text of the same id",
    call: async (engine) => {
      const summary = await engine.add([
        { id: "a", text: "" },
        { id: "b", text: "odd" },
        { id: "a", text: "odd" },
        { id: "b", text: "" },
      ]);
      return [summary, (await engine.stats()).entries];
    },
    answer: [{ added: 1, skipped: ["b"] }, 6],
  },
  {
    name: "removing twenty thousand ids",
    call: (engine) => engine.remove([...Array.from({ length: 20_000 }, (_, i) => `z${i}`), "owl", "owl"]),
    answer: 1,
  },
  { name: "removing ids that no entry can have", call: (engine) => engine.remove(["", half]), answer: 0 },
  { name: "removing no ids", call: (engine) => engine.remove([]), answer: 0 },
  { name: "minScore of -infinity", call: search("owl", { minScore: -infinite }), answer: 5 },
  { name: "minScore of infinity", call: search("owl", { minScore: infinite }), answer: 0 },
  { name: "a range up to infinity", call: filter({ field: "n", range: { to: infinite } }), answer: "big,one" },
  {
    name: "a range from 2 to below infinity",
    call: filter({ field: "n", range: { from: 2, below: infinite } }),
    answer: "big",
  },
  { name: "a range up to -infinity", call: filter({ field: "n", range: { to: -infinite } }), answer: "" },
  { name: "a range from infinity", call: filter({ field: "n", range: { from: infinite } }), answer: "" },
  { name: "a range above -infinity", call: filter({ field: "n", range: { above: -infinite } }), answer: "big,one" },
  {
    name: "not in a range up to infinity",
    call: filter({ not: { field: "n", range: { to: infinite } } }),
    answer: "bittern,lark,none,owl,reed-bunting,wren",
  },
  {
    name: "a filter with an undefined property",
    call: filter({ field: "n", equals: 1, in: undefined }),
    answer: "one",
  },
  { name: "a filter that equals -0", call: filter({ field: "n", equals: -0 }), answer: "" },
  {
    name: "a vector ten times too long",
    call: async (engine) => {
      const ten = await engine.search(any(unit((values) => Float32Array.from(values, (value) => value * 10))), {
        k: 5,
      });
      const one = await engine.search(any(unit((values) => Float32Array.from(values))), { k: 5 });
      return ten.hits.every((hit, i) => hit.score === one.hits[i]?.score && hit.id === one.hits[i]?.id);
    },
    answer: true,
  },
  {
    name: "a vector that is written over after the call",
    call: async (engine) => {
      const vector = any(unit((values) => Float32Array.from(values))) as Float32Array;
      const before = await engine.search(vector, { k: 5 });
      const asking = engine.search(vector, { k: 5 });
      vector.fill(0);
      return (await asking).hits.every((hit, i) => hit.id === before.hits[i]?.id);
    },
    answer: true,
  },
  {
    name: "a filter and ids that are written over after the call",
    call: async (engine) => {
      const [filter, ids] = [{ field: "family", equals: "owls" }, ["owl"]];
      const asking = engine.search("owl", { filter });
      filter.equals = "larks";
      const found = (await asking).hits.map((hit) => hit.id);
      const removing = engine.remove(ids);
      ids[0] = "lark";
      return [found, await removing, (await engine.search("owl", { k: 9 })).hits.some((hit) => hit.id === "owl")];
    },
    answer: [["owl"], 1, false],
  },
  {
    name: "one entry given over and over, written over in between",
    call: async (engine) => {
      const entry = { id: "", text: "odd" };
      function* same() {
        for (let i = 0; i < 200; i++) {
          entry.id = `odd-${i}`;
          yield entry;
        }
      }
      return [await engine.add(same()), (await engine.stats()).entries];
    },
    answer: [{ added: 200, skipped: [] }, 205],
  },
  { name: "a vector of a class of its own", call: search(unit((values) => OwnVector.from(values))), answer: 5 },
  { name: "a vector of float64", call: search(unit((values) => Float64Array.from(values))), answer: 5 },
  { name: "a vector that is a list", call: search(unit((values) => values)), answer: 5 },
];
