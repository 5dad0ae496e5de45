import { describe, expect, test } from "vitest";
import { placesOf } from "./folders-of.ts";
import type { FetchLike, ResponseLike } from "./http-source.ts";
import { fetchListing, listingText, type ModelListing, parseListing } from "./model-listing.ts";
import { MINILM } from "./registry.ts";

const LISTING: ModelListing = new Map([
  ["m/tokenizer.json", 711_661],
  ["m/onnx/model.onnx", null],
]);
const written = (about: object) => JSON.stringify({ ...JSON.parse(listingText(LISTING)), ...about });

describe("a listing of model files", () => {
  test("is read as it was written", () => {
    expect(parseListing(listingText(LISTING))).toEqual(LISTING);
  });

  test.each([
    ["a page", "<!doctype html>"],
    ["nothing", ""],
    ["no object", "null"],
    ["JSON of something else", '{"files":{}}'],
    ["another format", written({ format: "other" })],
    ["a later version", written({ version: 2 })],
    ["no list of files", written({ files: undefined })],
    ["an array of files", written({ files: ["m/tokenizer.json"] })],
    ["a size that is none", written({ files: { "m/tokenizer.json": -1 } })],
    ["a size in words", written({ files: { "m/tokenizer.json": "1 MB" } })],
  ])("is not taken from %s", (_, text) => {
    expect(parseListing(text)).toBeUndefined();
  });

  test("has no entry for the names that every object has", () => {
    expect(parseListing(written({}))?.get("constructor")).toBeUndefined();
  });
});

describe("fetching it", () => {
  const answering = (text: string, ok = true): FetchLike => {
    const arrayBuffer = async () => new TextEncoder().encode(text).buffer;
    return async () => ({ ok, arrayBuffer }) as ResponseLike;
  };

  test("requests it below the base, with or without a slash at its end", async () => {
    const asked: string[] = [];
    const fetchLike: FetchLike = (url, init) => {
      asked.push(url);
      return answering(listingText(LISTING))(url, init);
    };
    expect(await fetchListing("https://app.example/models", fetchLike)).toEqual(LISTING);
    await fetchListing("https://app.example/models//", fetchLike);
    expect(asked).toEqual(Array(2).fill("https://app.example/models/files.json"));
  });

  test("returns undefined if the file is missing, or without a network", async () => {
    expect(await fetchListing("https://app.example", answering(listingText(LISTING), false))).toBeUndefined();
    expect(await fetchListing("https://app.example", () => Promise.reject(new TypeError("no")))).toBeUndefined();
  });
});

test("the places of a model's files are those where they are looked for, in the same order", () => {
  const paths = placesOf(MINILM).map(({ path }) => path);
  expect(paths).toHaveLength(12);
  expect(paths[0]).toBe("all-MiniLM-L6-v2/tokenizer.json");
  expect(paths).toContain("Xenova/all-MiniLM-L6-v2/resolve/main/pipit/encoder.pipit");
});
