import { describe, expect, test } from "vitest";
import { chapters } from "./chapters.ts";
import { pagesOf, type Species, speciesEntry } from "./species.ts";

const REGIONS = new Set([
  "Europe",
  "Asia",
  "Africa",
  "North America",
  "South America",
  "Australasia",
  "Antarctica",
  "open ocean",
]);
const species = chapters.flatMap((chapter) => chapter.species);
const pages = chapters.flatMap(pagesOf);
const words = (text: string) => text.split(/\s+/).length;
const repeated = (values: string[]) => values.filter((value, at) => values.indexOf(value) !== at);
const offenders = (isWrong: (bird: Species) => boolean) => species.filter(isWrong).map(({ id }) => id);

describe("the field guide", () => {
  test("holds at least 200 species", () => {
    expect(species.length).toBeGreaterThanOrEqual(200);
  });

  test("names each species once, in English, in Latin and by id", () => {
    expect(repeated(species.map(({ id }) => id))).toEqual([]);
    expect(repeated(species.map(({ name }) => name))).toEqual([]);
    expect(repeated(species.map(({ scientificName }) => scientificName))).toEqual([]);
  });

  test("gives each species the kebab case of its name as id", () => {
    const kebab = (name: string) => name.toLowerCase().replaceAll("'", "").replaceAll(" ", "-");
    expect(offenders(({ id, name }) => id !== kebab(name))).toEqual([]);
  });

  test("writes scientific names as genus and species", () => {
    expect(offenders(({ scientificName }) => !/^[A-Z][a-z]+ [a-z]+$/.test(scientificName))).toEqual([]);
  });

  test("has regions and a length for each species", () => {
    expect(offenders(({ regions }) => regions.length === 0 || !regions.every((region) => REGIONS.has(region)))).toEqual(
      [],
    );
    expect(offenders(({ sizeCm }) => !(sizeCm >= 5 && sizeCm <= 300))).toEqual([]);
  });

  const isSentence = (text: string) => words(text) >= 5 && /^\p{Lu}.*[.!?]$/su.test(text);

  test("describes habitat, look, song and behaviour of each species in sentences", () => {
    const texts = ({ habitat, look, song, behaviour }: Species) => [habitat, look, song, behaviour];
    expect(offenders((bird) => !texts(bird).every(isSentence))).toEqual([]);
  });

  test("introduces the families of each chapter, and no others, in 15 to 35 words", () => {
    for (const { families, species } of chapters) {
      expect(Object.keys(families)).toEqual([...new Set(species.map(({ family }) => family))].sort());
      for (const about of Object.values(families)) {
        expect(about).toSatisfy(isSentence);
        expect(words(about), about).toBeGreaterThanOrEqual(15);
        expect(words(about), about).toBeLessThanOrEqual(35);
      }
    }
  });

  test("describes each species in 40 to 110 words, and its behaviour in 15 to 45", () => {
    const lengths = species.map(({ id, habitat, look, song }) => [id, words(`${habitat} ${look} ${song}`)] as const);
    expect(lengths.filter(([, length]) => length < 40 || length > 110)).toEqual([]);
    expect(offenders(({ behaviour }) => words(behaviour) < 15 || words(behaviour) > 45)).toEqual([]);
  });

  test("can be narrowed to groups and regions", () => {
    const [page] = pages;
    expect(speciesEntry(page!).fields).toMatchObject({ group: page!.group, region: page!.species.regions });
  });

  test("names the regions of a species in a list in its text, and its threat, if any, in a field", () => {
    const entry = (change: Partial<Species>) =>
      speciesEntry({ ...pages[0]!, species: { ...species[0]!, status: undefined, ...change } });
    expect(entry({ regions: ["Asia"] }).text).toContain("found in Asia.");
    expect(entry({ regions: ["Asia", "Africa", "Europe"] }).text).toContain("found in Asia, Africa and Europe.");
    expect(entry({ status: "Endangered" }).fields?.status).toBe("Endangered");
    expect(entry({}).fields).not.toHaveProperty("status");
  });

  test("has a different text for each species", () => {
    const texts = species.flatMap(({ habitat, look, song, behaviour }) => [habitat, look, song, behaviour]);
    expect(repeated(texts)).toEqual([]);
  });
});
