import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type AppServer, startAppServer } from "../fixtures/app-server.ts";
import { serveBuiltApp } from "../fixtures/built-app.ts";
import { browserMissing, launchChromium } from "../fixtures/chromium.ts";
import { minilmTwin } from "../fixtures/minilm-twin.ts";
import { openWatched } from "../fixtures/watched-page.ts";

const TOKENIZER = "tokenizer.json";
const PACKED = "pipit/encoder.pipit";
const Q8 = "onnx/model_quantized.onnx";
const FP32 = "onnx/model.onnx";

// Without a Chromium the fixture prints the reason for the skip; in CI that is a failure.
describe.skipIf(browserMissing)("nothing is wrong in the console of a first visit", () => {
  let browser: Browser;
  let folder: string;
  let server: AppServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pipit-first-"));
    [browser, server] = await Promise.all([launchChromium(), startAppServer(folder)]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
  });

  /** Copies another model's files under MiniLM's names; a tab refuses them after loading. */
  const place = async (names: readonly string[], model = "all-MiniLM-L6-v2") => {
    const { files } = await minilmTwin();
    for (const name of names) {
      const path = join(folder, model, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, name === TOKENIZER ? files.tokenizer : files.weights);
    }
  };
  /** Accepts the better model if it is offered; returns whether it was. */
  const visit = async (address: string) => {
    const { page, wrong } = await openWatched(browser);
    await page.goto(address);
    await page.waitForSelector("html[data-ready]");
    await page.waitForFunction(() => document.querySelector("pipit-search") !== null);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.waitForLoadState("networkidle");
    const isOffered = await page.isVisible("#get-model");
    if (isOffered) {
      await page.click("#get-model");
      await page.waitForFunction(() =>
        /^The larger model does not/.test(document.querySelector("#model-text")?.textContent ?? ""),
      );
    }
    await page.context().close();
    expect(wrong).toEqual([]);
    return isOffered;
  };

  test.each([
    ["no file", [], false],
    ["a packed encoder alone", [PACKED], false],
    ["ONNX files without a tokenizer", [Q8, FP32], false],
    ["a tokenizer alone", [TOKENIZER], false],
    ["a packed encoder and its tokenizer", [PACKED, TOKENIZER], true],
    ["the int8 file and its tokenizer", [Q8, TOKENIZER], true],
    ["the full weights and their tokenizer", [FP32, TOKENIZER], true],
    ["all files", [PACKED, Q8, FP32, TOKENIZER], true],
  ])("where npm start finds %s of the model", async (_, names, isOffered) => {
    await place(names);
    expect(await visit(server.url)).toBe(isOffered);
  });

  test.each(["Xenova/all-MiniLM-L6-v2", "Xenova/all-MiniLM-L6-v2/resolve/main"])(
    "where the files lie in %s",
    async (model) => {
      await place([Q8, TOKENIZER], model);
      expect(await visit(server.url)).toBe(true);
    },
  );

  test("npm start without models", async () => {
    const bare = await startAppServer();
    expect(await visit(bare.url).finally(() => bare.stop())).toBe(false);
  });

  test("where the server is reached below a path", async () => {
    await place([Q8, TOKENIZER]);
    const proxy = await below("/pipit", server.url);
    const { port } = proxy.address() as AddressInfo;
    expect(await visit(`http://127.0.0.1:${port}/pipit/`)).toBe(true);
    proxy.closeAllConnections();
    proxy.close();
  });

  test.each(["/", "/pipit/"])("where a plain host of files has the built app at %s", async (path) => {
    const app = await serveBuiltApp(path, { "last-modified": new Date().toUTCString() });
    expect(await visit(`http://127.0.0.1:${app.port}${path}`)).toBe(false);
    await app.stop();
  });
});

/** A proxy that answers `<path>/x` with `target`'s `/x`. */
async function below(path: string, target: string): Promise<Server> {
  const { host } = new URL(target);
  const proxy = createServer((asked, answer) => {
    const { url = "/", method = "GET", headers } = asked;
    const own = url.startsWith(path) ? url.slice(path.length) || "/" : "/nothing/lies/above/the/path";
    const onward = request(`${target}${own}`, { method, headers: { ...headers, host } }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    asked.pipe(onward);
  });
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  return proxy;
}
