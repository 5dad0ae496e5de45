import { type ByteStore, createMemoryBytes } from "@pipit/core";
import { beforeEach, expect, test } from "vitest";
import { readVerdict, writeVerdict } from "./runtime-verdict.ts";

const KEY = "minilm-runtime";
const VERDICT = { runtime: "kernel", why: "measured here" } as const;

let kept: ByteStore;
beforeEach(async () => {
  kept = createMemoryBytes({ maxBytes: 10_000 });
  await writeVerdict(kept, VERDICT);
});

/** The stored verdict with other values. */
async function change(values: object) {
  const [bytes] = await kept.getMany([KEY]);
  const text = JSON.stringify({ ...JSON.parse(new TextDecoder().decode(bytes)), ...values });
  await kept.putMany([[KEY, new TextEncoder().encode(text)]]);
}

test("a verdict is read as it was written", async () => {
  expect(await readVerdict(kept)).toEqual(VERDICT);
  await change({ runtime: "native" });
  expect(await readVerdict(kept)).toEqual({ ...VERDICT, runtime: "native" });
});

test("a verdict is undefined before anything was measured", async () => {
  expect(await readVerdict(createMemoryBytes({ maxBytes: 10_000 }))).toBeUndefined();
});

test.each([
  ["of another machine", { machine: "a faster one" }],
  ["for a runtime that is unknown", { runtime: "magic" }],
  ["without its figures", { why: 7 }],
])("a verdict %s does not count", async (_, values) => {
  await change(values);
  expect(await readVerdict(kept)).toBeUndefined();
});

test.each(["", "{", "null"])("%j in its place is not taken for a verdict", async (text) => {
  await kept.putMany([[KEY, new TextEncoder().encode(text)]]);
  expect(await readVerdict(kept)).toBeUndefined();
});

test("a failure to store a verdict is ignored", async () => {
  await kept.close();
  await expect(writeVerdict(kept, VERDICT)).resolves.toBeUndefined();
});
