import {
  createEngine,
  createMemoryStore,
  exactIndex,
  openCollection,
  PipitError,
  type SearchEngine,
} from "@pipit/core";
import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { expect, test } from "vitest";
import type { TabEngine } from "../engine.ts";
import type { Guide } from "./guide.ts";
import { openGuide } from "./open-guide.ts";

const facts = { habitat: "It lives in reeds.", look: "It is brown.", song: "It sings at dusk." };
const wren = { id: "wren", name: "Wren", scientificName: "Avis", family: "Birds", sizeCm: 10, regions: [], ...facts };
const guide: Promise<Guide> = Promise.resolve(new Map([["wren", { species: wren, group: "Birds" }]]));
const full = new PipitError("storage-full", { got: "a full quota", expected: "room", do: "Remove entries." });

async function memoryEngine(): Promise<TabEngine> {
  const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
  const engine = createEngine({ collection, embedder: createBagEmbedder(), backend: "memory", why: "a test" });
  return engine as SearchEngine as TabEngine;
}

test("a device without room for the guide has it in memory, and nothing of it on the device", async () => {
  const removed: string[] = [];
  const device = await memoryEngine();
  device.add = () => Promise.reject(full);
  device.remove = async (ids) => removed.push(...(ids as string[]));
  const memory = await memoryEngine();
  const open = async (storage: "device" | "memory") => (storage === "memory" ? memory : device);
  const { engine, whole } = await openGuide({ open, guide, version: "1" });
  expect([engine, await whole]).toEqual([memory, memory]);
  expect((await memory.stats()).entries).toBe(1);
  expect(removed).toEqual(["wren"]);
});

test("a guide in memory does not wait for questions, which wait for it", async () => {
  const device = await memoryEngine();
  device.add = () => Promise.reject(full);
  const memory = await memoryEngine();
  const open = async (storage: "device" | "memory") => (storage === "memory" ? memory : device);
  const answered = () => new Promise<void>(() => undefined);
  const { engine } = await openGuide({ open, guide, version: "1", answered });
  expect(engine).toBe(memory);
});

test("a failure other than missing room is passed to the caller", async () => {
  const device = await memoryEngine();
  device.add = () => Promise.reject(new Error("disk on fire"));
  const memory = await memoryEngine();
  const open = async (storage: "device" | "memory") => (storage === "memory" ? memory : device);
  await expect(openGuide({ open, guide, version: "1" })).rejects.toThrow("disk on fire");
});

test("an engine whose entries cannot be removed is closed all the same", async () => {
  const device = await memoryEngine();
  let closed = 0;
  device.add = () => Promise.reject(full);
  device.remove = () => Promise.reject(new Error("disk on fire"));
  device.close = async () => void closed++;
  const memory = await memoryEngine();
  const open = async (storage: "device" | "memory") => (storage === "memory" ? memory : device);
  await expect(openGuide({ open, guide, version: "1" })).rejects.toThrow("disk on fire");
  expect(closed).toBe(1);
});
