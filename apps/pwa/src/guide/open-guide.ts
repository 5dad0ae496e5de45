import { isPipitError } from "@pipit/core";
import type { TabEngine } from "../engine.ts";
import type { Guide } from "./guide.ts";
import { fillGuide } from "./guide-collection.ts";

export interface GuideSource {
  readonly open: (storage: "device" | "memory") => Promise<TabEngine>;
  readonly guide: Guide;
  readonly version: string;
}

export interface OpenGuide {
  /** Every species can be found in it. */
  readonly engine: TabEngine;
  /** The engine that holds all aspects of all species, in the end. */
  readonly whole: Promise<TabEngine>;
}

/** The guide on this device, or in memory where the device has no room for it: it comes with the app, so nothing is lost. */
export async function openGuide(source: GuideSource): Promise<OpenGuide> {
  const engine = await source.open("device");
  const { findable, whole } = fillGuide(engine, source.guide, source.version);
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
  const engine = await source.open("memory");
  await fillGuide(engine, source.guide, source.version).whole;
  // What landed of it takes room that own files can have.
  await full.remove([...source.guide.keys()]).finally(() => full.close());
  return engine;
}
