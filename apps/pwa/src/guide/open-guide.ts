import { type AddProgress, isPipitError } from "@pipit/core";
import type { TabEngine } from "../engine.ts";
import type { Guide } from "./guide.ts";
import { fillGuide } from "./guide-collection.ts";

export interface GuideSource {
  readonly open: (storage: "device" | "memory") => Promise<TabEngine>;
  readonly guide: Promise<Guide>;
  readonly version: string;
  /** Resolves when no question is unanswered; the guide is embedded after that. */
  readonly answered?: () => Promise<void>;
  /** Resolves when the starter's file can be had at once. Called when the guide is findable. */
  readonly fetched?: () => Promise<void>;
  /** Called while species become findable at a first visit. */
  readonly onProgress?: ((progress: AddProgress) => void) | undefined;
}

export interface OpenGuide {
  /** An engine in which every species can be found by its words. */
  readonly engine: TabEngine;
  /** Resolves to the engine in which every species can be found by its meaning too. */
  readonly whole: Promise<TabEngine>;
}

/** Opens the guide on this device, or in memory if the device has no room. The app contains the guide, so nothing is lost. */
export async function openGuide(source: GuideSource): Promise<OpenGuide> {
  // In parallel, because the first question waits for both.
  const [engine, guide] = await Promise.all([source.open("device"), source.guide]);
  const { findable, whole } = fillGuide(engine, guide, source);
  const inMemory = (error: unknown) => moveToMemory(engine, source, error);
  const kept = whole.then(() => engine, inMemory);
  const first = await findable.then(
    () => engine,
    () => kept,
  );
  return { engine: first, whole: kept };
}

async function moveToMemory(full: TabEngine, source: GuideSource, error: unknown): Promise<TabEngine> {
  if (!isPipitError(error, "storage-full")) throw error;
  const [engine, guide] = await Promise.all([source.open("memory"), source.guide]);
  // Questions wait for this call, so it must not wait for `answered`.
  await fillGuide(engine, guide, { version: source.version, onProgress: source.onProgress }).whole;
  // Frees the room of its stored entries for the visitor's files.
  await full.remove([...guide.keys()]).finally(() => full.close());
  return engine;
}
