import { listingText } from "@pipit/core";
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { minilmTwin } from "../../fixtures/minilm-twin.ts";
import { usePages } from "./open-page.ts";
import type { Choice } from "./pages/drive.ts";
import type {} from "./pages/tab.ts";

const TOKENIZER = "pipit/minilm-twin/tokenizer.json";
const WEIGHTS = "pipit/minilm-twin/onnx/model.onnx";
/** Paths that a loader tries first. */
const NOWHERE = ["minilm-twin/tokenizer.json", "minilm-twin/onnx/model.onnx"];

const { files } = await minilmTwin();
const there: Readonly<Record<string, Uint8Array>> = { [TOKENIZER]: files.tokenizer, [WEIGHTS]: files.weights };
const whole = listingText(
  new Map<string, number | null>([
    ...NOWHERE.map((path) => [path, null] as const),
    ...Object.entries(there).map(([path, { length }]) => [path, length] as const),
  ]),
);

let listing: string | undefined;
let isDown = false;
const asked: string[] = [];
const pages = usePages({
  routes: {
    "/listed": ({ url = "", socket }, response) => {
      const path = url.slice(1);
      if (isDown) return void socket.destroy();
      asked.push(path);
      const body = path === "files.json" ? listing : there[path];
      response.writeHead(body === undefined ? 404 : 200, { "Cross-Origin-Resource-Policy": "same-origin" }).end(body);
    },
  },
});

beforeEach(() => {
  isDown = false;
  asked.length = 0;
});

/** Makes a first visit that loads the model, and records its console messages. */
async function visit() {
  const page = await pages.open();
  const errors: string[] = [];
  page.on("console", (line) => line.type() === "error" && errors.push(line.text()));
  return { page, errors, adopted: await improve(page) };
}

async function reload(page: Page): Promise<void> {
  await page.reload();
  await page.waitForFunction(() => window.pipit);
}

function improve(page: Page): Promise<boolean> {
  const choice: Choice = { worker: "./twin-worker.ts", models: "/listed", name: "listed" };
  return page.evaluate(async (choice) => (await (await window.pipit.open(choice)).improve()).adopted, choice);
}

describe("where a host lists its model files, the loader", () => {
  test("asks for those that are there and no others, and takes them from this device at the next visit", async () => {
    listing = whole;
    const { page, errors, adopted } = await visit();
    expect([adopted, errors]).toEqual([true, []]);
    expect(asked).toEqual(["files.json", TOKENIZER, WEIGHTS]);
    await reload(page);
    expect(await improve(page)).toBe(true);
    expect(asked).toEqual(["files.json", TOKENIZER, WEIGHTS, "files.json"]);
    isDown = true;
    await reload(page);
    expect(await improve(page)).toBe(true);
  });

  test("asks for nothing where it has nothing", async () => {
    listing = listingText(new Map([...NOWHERE, ...Object.keys(there), ...hubs()].map((path) => [path, null])));
    const { errors, adopted } = await visit();
    expect([adopted, errors, asked]).toEqual([false, [], ["files.json"]]);
  });

  test.each([
    ["is not there", undefined],
    ["is a page", "<!doctype html>"],
    ["is cut short", whole.slice(0, -9)],
    ["is of a later version", whole.replace('"version":1', '"version":2')],
    ["knows nothing of this model", listingText(new Map([["other/tokenizer.json", 9]]))],
  ])("asks for each file where the listing %s", async (_, text) => {
    listing = text;
    expect((await visit()).adopted).toBe(true);
    expect(asked).toEqual(["files.json", NOWHERE[0], TOKENIZER, NOWHERE[1], WEIGHTS]);
  });

  test("finds the model where the listing says too much", async () => {
    listing = whole.replaceAll("null", "9");
    expect((await visit()).adopted).toBe(true);
  });
});

function hubs(): string[] {
  return Object.keys(there).map((path) => path.replace("minilm-twin/", "minilm-twin/resolve/main/"));
}
