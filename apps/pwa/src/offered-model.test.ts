import { listingText } from "@pipit/core";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { offeredBytes } from "./offered-model.ts";

let asked: string[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("document", { baseURI: "https://app.example/pipit/" });
});

/** A server with an answer per path, matched by the end of the URL, and no others. */
function serve(answers: Readonly<Record<string, () => Response>>): void {
  vi.stubGlobal("fetch", async (url: string) => {
    const { pathname } = new URL(url);
    asked.push(pathname);
    const found = Object.entries(answers).find(([end]) => pathname.endsWith(end));
    return found ? found[1]() : new Response("", { status: 404 });
  });
}

const weights = () => new Response(null, { headers: { "content-length": "23000001" } });
const page = () => new Response("<!doctype html>", { headers: { "content-type": "text/html; charset=utf-8" } });
const LISTING = "/pipit/models/files.json";

/** The listing of a server that has these files of the model. */
const listing = (files: Readonly<Record<string, number>>) => () => {
  const there = Object.entries(files).map(([path, bytes]) => [`Xenova/all-MiniLM-L6-v2/${path}`, bytes] as const);
  const missing = ["tokenizer.json", "onnx/model_quantized.onnx"].map((path) => [`all-MiniLM-L6-v2/${path}`, null]);
  return new Response(listingText(new Map([...missing, ...there] as [string, number | null][])));
};

describe("a server that lists its files is asked for nothing else, and offers", () => {
  test.each([
    [
      "a file that is packed in the tab",
      { "tokenizer.json": 7, "onnx/model_quantized.onnx": 23, "onnx/model.onnx": 90 },
      23,
    ],
    ["a packed one", { "tokenizer.json": 7, "pipit/encoder.pipit": 22 }, 22],
    ["the full weights, where it has no smaller ones", { "tokenizer.json": 7, "onnx/model.onnx": 90 }, 90],
    ["nothing without a tokenizer", { "onnx/model_quantized.onnx": 23 }, undefined],
    ["nothing with a tokenizer alone", { "tokenizer.json": 7 }, undefined],
    ["nothing where it has nothing", {}, undefined],
  ])("%s", async (_, files, bytes) => {
    serve({ [LISTING]: listing(files), "model_quantized.onnx": weights });
    expect(await offeredBytes()).toBe(bytes);
    expect(asked).toEqual([LISTING]);
  });

  test("no other model", async () => {
    const other = new Map(["tokenizer.json", "onnx/model.onnx"].map((path) => [`other/${path}`, 9]));
    serve({ [LISTING]: () => new Response(listingText(other)) });
    expect(await offeredBytes()).toBeUndefined();
  });
});

describe("a plain host of files that lists none", () => {
  test.each([
    ["has no listing", {}],
    ["answers another text", { [LISTING]: () => new Response("{}") }],
    ["answers a page", { [LISTING]: page }],
  ])("is asked for them where it %s, from below the app's own path", async (_, answers) => {
    serve({ ...answers, "model_quantized.onnx": weights });
    expect(await offeredBytes()).toBe(23_000_001);
    expect(asked).toEqual([LISTING, "/pipit/models/all-MiniLM-L6-v2/onnx/model_quantized.onnx"]);
  });

  test("may have a packed file alone", async () => {
    serve({ "encoder.pipit": weights });
    expect(await offeredBytes()).toBe(23_000_001);
  });

  test("has no model where it answers every path with its page", async () => {
    serve({ "": page });
    expect(await offeredBytes()).toBeUndefined();
  });

  test("may not report their sizes", async () => {
    serve({ "encoder.pipit": () => new Response(null) });
    expect(await offeredBytes()).toBe(23_000_000);
  });
});

test("without a network there is no model", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  expect(await offeredBytes()).toBeUndefined();
});
