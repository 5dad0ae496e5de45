import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { seededSnapshot, type WalkThrough, walkThrough } from "../../fixtures/kernel-walk-through.ts";
import { usePages } from "./open-page.ts";
import type {} from "./pages/tab.ts";

const pages = usePages();
const BUILDS = ["relaxed", "simd"] as const;

describe.each(BUILDS)("the graph kernel in a worker of Chromium (%s)", (build) => {
  let inTab: WalkThrough & { readonly snapshot: string };
  let onNode: WalkThrough;
  let snapshot: Uint8Array<ArrayBuffer>;

  beforeAll(async () => {
    const wasm = await readFile(new URL(`../../../wasm/build/search-${build}.wasm`, import.meta.url));
    const module = await WebAssembly.compile(wasm);
    snapshot = await seededSnapshot(module);
    onNode = await walkThrough(module, snapshot);
    inTab = await runInWorker(await pages.open(), [wasm.toString("base64"), Buffer.from(snapshot).toString("base64")]);
  });

  test("writes the snapshots that Node writes, to the byte", () => {
    expect(inTab.sums).toEqual(onNode.sums);
    expect(Buffer.compare(Buffer.from(inTab.snapshot, "base64"), snapshot)).toBe(0);
  });

  test("answers as Node does, distances to the bit", () => {
    expect(inTab.answers).toHaveLength(60);
    expect(inTab.answers).toEqual(onNode.answers);
  });

  test("opens a snapshot written in Node and answers alike", () => {
    expect(inTab.foreign).toHaveLength(30);
    expect(inTab.foreign).toEqual(onNode.foreign);
  });

  test("refuses every damaged snapshot", () => {
    expect(inTab.damaged).toEqual(["bad-snapshot"]);
  });
});

function runInWorker(page: Page, [wasm, snapshot]: readonly [string, string]) {
  return page.evaluate(
    async (given) => {
      const bytes = async (base64: string) => {
        const response = await fetch(`data:application/octet-stream;base64,${base64}`);
        return new Uint8Array(await response.arrayBuffer());
      };
      const text = (binary: Uint8Array) => {
        let joined = "";
        for (let at = 0; at < binary.length; at += 8192)
          joined += String.fromCharCode(...binary.subarray(at, at + 8192));
        return btoa(joined);
      };
      const worker = new Worker(new URL("./kernel-worker.ts", location.href), { type: "module" });
      const job = { wasm: await bytes(given.wasm), snapshot: await bytes(given.snapshot) };
      const answer = await new Promise<MessageEvent>((resolve, reject) => {
        worker.onmessage = resolve;
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(job);
      });
      worker.terminate();
      return { ...answer.data, snapshot: text(answer.data.snapshot) };
    },
    { wasm, snapshot },
  );
}
