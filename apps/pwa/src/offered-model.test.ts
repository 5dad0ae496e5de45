import { beforeEach, expect, test, vi } from "vitest";
import { offeredBytes } from "./offered-model.ts";

let asked: string[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("document", { baseURI: "https://app.example/pipit/" });
});

/** A server that answers these paths, by their ends, and no others. */
function serve(answers: Readonly<Record<string, () => Response>>): void {
  vi.stubGlobal("fetch", async (url: URL) => {
    asked.push(url.pathname);
    const found = Object.entries(answers).find(([end]) => url.pathname.endsWith(end));
    return found ? found[1]() : new Response("", { status: 404 });
  });
}

const weights = () => new Response(null, { headers: { "content-length": "23000001" } });
const states = (state: string) => () =>
  Response.json({
    data: [
      { id: "starter", state: "ready" },
      { id: "m", state },
    ],
  });

test("the size of the weights is told, from below the app's own path", async () => {
  serve({ "/v1/models": states("ready"), "model_quantized.onnx": weights });
  expect(await offeredBytes()).toBe(23_000_001);
  expect(asked.at(-1)).toBe("/pipit/models/all-MiniLM-L6-v2/onnx/model_quantized.onnx");
});

test("a server that says it has no model is not asked for its files", async () => {
  serve({ "/v1/models": states("absent"), "model_quantized.onnx": weights });
  expect(await offeredBytes()).toBeUndefined();
  expect(asked).toEqual(["/pipit/v1/models"]);
});

test("a plain host of files is asked for them, and a packed file will do", async () => {
  serve({ "encoder.pipit": weights });
  expect(await offeredBytes()).toBe(23_000_001);
});

test("a host that answers every path with its page has no model", async () => {
  const page = () => new Response("<!doctype html>", { headers: { "content-type": "text/html; charset=utf-8" } });
  serve({ "": page });
  expect(await offeredBytes()).toBeUndefined();
});

test("without a network there is no model", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  expect(await offeredBytes()).toBeUndefined();
});
