import { expect, test } from "vitest";
import { ledgerSet } from "./ledger-set.ts";
import { lodgingSet } from "./lodging-set.ts";
import { OWN_NAMES, ownSet } from "./own-set.ts";

const sets = [...OWN_NAMES.map(ownSet), ledgerSet(), lodgingSet([])];

test.each(sets)(
  "$name: each document has an id of its own, and each gain is that of a document",
  ({ documents, queries }) => {
    const ids = new Set(documents.map(({ id }) => id));
    expect(ids.size).toBe(documents.length);
    expect(queries.flatMap(({ gains }) => [...gains.keys()].filter((id) => !ids.has(id)))).toEqual([]);
  },
);

test("the written collections have sixty entries and eighty questions, some without an answer", () => {
  for (const name of OWN_NAMES) {
    const { documents, queries } = ownSet(name);
    expect(documents.length).toBeGreaterThanOrEqual(60);
    expect(queries.length).toBeGreaterThanOrEqual(80);
    expect(queries.filter(({ gains }) => gains.size === 0).length).toBeGreaterThanOrEqual(15);
  }
});
