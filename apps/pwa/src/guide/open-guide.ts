import { isPipitError } from "@pipit/core";
import type { TabEngine } from "../engine.ts";
import type { Guide } from "./guide.ts";
import { fillGuide } from "./guide-collection.ts";

export interface GuideSource {
  readonly open: (storage: "device" | "memory") => Promise<TabEngine>;
  readonly guide: Promise<Guide>;
  readonly version: string;
  /** Resolves when no question waits for its answer; the guide is filled up after it. */
  readonly answered?: () => Promise<void>;
}

export interface OpenGuide {
  /** Every species can be found in it. */
  readonly engine: TabEngine;
  /** The engine that holds all aspects of all species, in the end. */
  readonly whole: Promise<TabEngine>;
}

/** The guide on this device, or in memory where the device has no room for it: it comes with the app, so nothing is lost. */
export async function openGuide(source: GuideSource): Promise<OpenGuide> {
  // Side by side: the first question waits for both.
  const [engine, guide] = await Promise.all([source.open("device"), source.guide]);
  const { findable, whole } = fillGuide(engine, guide, source.version, source.answered);
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
  // Questions wait for this, so that it must not wait for them.
  await fillGuide(engine, guide, source.version).whole;
  // What landed of it takes room that own files can have.
  await full.remove([...guide.keys()]).finally(() => full.close());
  return engine;
}
