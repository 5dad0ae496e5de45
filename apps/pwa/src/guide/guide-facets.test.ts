import { compileFilter } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { NO_CHOICE } from "../search/question.ts";
import { chapters } from "./chapters.ts";
import type { Guide } from "./guide.ts";
import { chosenPages, facetsOf, guideFilter, knownChoice } from "./guide-facets.ts";
import { pagesOf, speciesEntry } from "./species.ts";

const pages = chapters.flatMap(pagesOf);
const guide: Guide = new Map(pages.map((page) => [page.species.id, page]));
const owls = { ...NO_CHOICE, group: "Owls" };

describe("the filter of the guide", () => {
  test("is none without a choice", () => {
    expect(guideFilter(NO_CHOICE)).toBeUndefined();
  });

  test("of one choice is that choice", () => {
    expect(guideFilter(owls)).toEqual({ field: "group", equals: "Owls" });
  });

  test("of several choices needs all of them", () => {
    expect(guideFilter({ group: "Owls", region: "Asia", size: "100-" })).toEqual({
      and: [
        { field: "group", equals: "Owls" },
        { field: "region", equals: "Asia" },
        { field: "sizeCm", range: { from: 100 } },
      ],
    });
  });

  test("is none for a size that there is not", () => {
    expect(guideFilter({ ...NO_CHOICE, size: "huge" })).toBeUndefined();
  });
});

test("the birds of a choice are those that the engine's filter leaves, by name", () => {
  for (const choice of [NO_CHOICE, owls, { group: "Owls", region: "Asia", size: "15-25" }]) {
    const filter = guideFilter(choice);
    const allows = filter ? compileFilter(filter) : () => true;
    const left = pages.filter((page) => allows(speciesEntry(page).fields ?? {})).map(({ species }) => species.name);
    expect(chosenPages(guide, choice).map(({ species }) => species.name)).toEqual(left.sort());
  }
});

describe("a facet's count", () => {
  const groupCount = (choice = NO_CHOICE) => facetsOf(guide, choice).group.find(({ value }) => value === "Owls")?.count;

  test("is of all birds with its value", () => {
    expect(groupCount()).toBe(pages.filter(({ group }) => group === "Owls").length);
  });

  test("is what the engine's filter leaves, for each value beside each choice", () => {
    for (const choice of [NO_CHOICE, owls, { ...NO_CHOICE, region: "Asia" }, { ...NO_CHOICE, size: "15-25" }]) {
      for (const [facet, values] of Object.entries(facetsOf(guide, choice))) {
        for (const { value, count } of values) {
          const filter = guideFilter({ ...choice, [facet]: value })!;
          const allows = compileFilter(filter);
          const left = pages.filter((page) => allows(speciesEntry(page).fields ?? {}));
          expect([facet, value, count]).toEqual([facet, value, left.length]);
        }
      }
    }
  });

  test("is not lowered by another choice in the same facet, but by those in others", () => {
    expect(groupCount({ ...NO_CHOICE, group: "Wrens" })).toBe(groupCount());
    expect(groupCount({ ...NO_CHOICE, size: "100-" })).toBe(0);
  });

  test("of the sizes together is of all birds: each has one size", () => {
    const sizes = facetsOf(guide, NO_CHOICE).size.map(({ count }) => count);
    expect(sizes.reduce((sum, count) => sum + count, 0)).toBe(pages.length);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  });
});

test("a choice keeps what the guide has, and drops the rest", () => {
  expect(knownChoice(guide, { group: "Dragons", region: "Asia", size: "0-15" })).toEqual({
    group: "",
    region: "Asia",
    size: "0-15",
  });
});
