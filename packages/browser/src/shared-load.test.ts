import { expect, test } from "vitest";
import { SharedLoads } from "./shared-load.ts";
import type { ImproveOptions } from "./tab-engine.ts";

/** A load that ends when the test ends it, or by its signal. */
function work() {
  const seen = { started: 0, aborted: 0, finish: (_value: string) => {}, fail: (_error: Error) => {} };
  const run = ({ signal }: ImproveOptions) => {
    seen.started++;
    return new Promise<string>((resolve, reject) => {
      Object.assign(seen, { finish: resolve, fail: reject });
      signal?.addEventListener("abort", () => {
        seen.aborted++;
        reject(new Error("ended"));
      });
    });
  };
  return { seen, run };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test("all who ask for one key share one load, also later", async () => {
  const loads = new SharedLoads<string>();
  const { seen, run } = work();
  const both = [loads.get("a", {}, run), loads.get("a", {}, run)];
  seen.finish("model");
  expect(await Promise.all(both)).toEqual(["model", "model"]);
  expect(await loads.get("a", {}, run)).toBe("model");
  expect(seen.started).toBe(1);
});

test("an abort by one of two leaves the other its load", async () => {
  const loads = new SharedLoads<string>();
  const { seen, run } = work();
  const controller = new AbortController();
  const left = loads.get("a", { signal: controller.signal }, run);
  const stays = loads.get("a", {}, run);
  controller.abort();
  await expect(left).rejects.toMatchObject({ name: "AbortError" });
  await turn();
  seen.finish("model");
  expect(await stays).toBe("model");
  expect(seen.aborted).toBe(0);
});

test("an abort by the last who waits ends the load, and the next call begins a new one", async () => {
  const loads = new SharedLoads<string>();
  const { seen, run } = work();
  const controller = new AbortController();
  const left = loads.get("a", { signal: controller.signal }, run);
  controller.abort();
  await expect(left).rejects.toMatchObject({ name: "AbortError" });
  await turn();
  expect(seen.aborted).toBe(1);
  void loads.get("a", {}, run);
  expect(seen.started).toBe(2);
});

test("a load that was ended is joined by nobody, also while it still winds up", async () => {
  const loads = new SharedLoads<string>();
  let started = 0;
  const run = () => {
    started++;
    return new Promise<string>(() => undefined);
  };
  const controller = new AbortController();
  const left = loads.get("a", { signal: controller.signal }, run);
  controller.abort();
  await left.catch(() => undefined);
  await turn();
  void loads.get("a", {}, run);
  expect(started).toBe(2);
});

test("a load that failed is tried again", async () => {
  const loads = new SharedLoads<string>();
  const { seen, run } = work();
  const first = loads.get("a", {}, run);
  seen.fail(new Error("offline"));
  await expect(first).rejects.toThrow("offline");
  const second = loads.get("a", {}, run);
  seen.finish("model");
  expect(await second).toBe("model");
});

test("progress reaches all who wait, and nobody who left", async () => {
  const loads = new SharedLoads<string>();
  const { seen, run } = work();
  let tell: ImproveOptions["onProgress"];
  const telling = (options: ImproveOptions) => {
    tell = options.onProgress;
    return run(options);
  };
  const controller = new AbortController();
  const heard: string[] = [];
  const hear =
    (who: string) =>
    ({ done }: { done: number }) =>
      void heard.push(`${who} ${done}`);
  const left = loads.get("a", { onProgress: hear("left"), signal: controller.signal }, telling);
  const stays = loads.get("a", { onProgress: hear("stays") }, telling);
  const silent = loads.get("a", {}, telling);
  tell?.({ stage: "download", done: 1 });
  controller.abort();
  await left.catch(() => undefined);
  tell?.({ stage: "download", done: 2 });
  seen.finish("model");
  await Promise.all([stays, silent]);
  tell?.({ stage: "download", done: 3 });
  expect(heard).toEqual(["left 1", "stays 1", "stays 2"]);
});

test("a call whose signal was aborted before begins no load", async () => {
  const { seen, run } = work();
  expect(() => new SharedLoads<string>().get("a", { signal: AbortSignal.abort() }, run)).toThrow("abort");
  expect(seen.started).toBe(0);
});

test("a caller that leaves after the load is done ends it for nobody", async () => {
  const loads = new SharedLoads<string>();
  const { seen, run } = work();
  const controller = new AbortController();
  const left = loads.get("a", { signal: controller.signal }, run);
  seen.finish("model");
  controller.abort();
  await left.catch(() => undefined);
  await turn();
  expect(await loads.get("a", {}, run)).toBe("model");
  expect(seen).toMatchObject({ started: 1, aborted: 0 });
});
