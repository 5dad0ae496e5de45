import { isPipitError } from "@pipit/core";
import type { GraphShape } from "../options.ts";
import { areCodesBlind } from "./codes-check.ts";
import { GraphRows } from "./graph-rows.ts";
import type { Forge } from "./hnsw-parts.ts";

// Codes are checked when so many rows were added, and again each time their number has quadrupled.
const FIRST_CHECK = 1024;
const CHECK_GROWTH = 4;

/** Schedules the checks of a graph's codes. */
export class CheckTimes {
  #added: number;
  #next = FIRST_CHECK;

  constructor(count: number) {
    this.#added = count;
    while (this.#next <= count) this.#next *= CHECK_GROWTH;
  }

  /** Whether a check is due now that so many more rows were added. */
  isDue(more: number): boolean {
    this.#added += more;
    if (this.#added < this.#next) return false;
    this.#next *= CHECK_GROWTH;
    return true;
  }
}

/**
 * Rebuilds the graph of these rows and replaces it, with room for `coming` more rows. Both graphs are in memory until it is done. If
 * it fails, the old one stays.
 */
export async function renewGraph(rows: GraphRows, shape: GraphShape, forge: Forge, coming?: number): Promise<void> {
  const twin = new GraphRows(await forge(shape));
  try {
    if (coming !== undefined) twin.reserve(rows.count + coming);
    twin.takeAll(rows);
  } catch (error) {
    twin.close();
    throw error;
  }
  rows.become(twin);
}

/** Rebuilds the graph by originals if its codes cannot tell neighbours apart, with room for `coming` more rows. */
export async function renewIfBlind(rows: GraphRows, coming: number, forge: Forge): Promise<boolean> {
  const { kernel } = rows;
  const { originals, measured } = kernel.shape;
  if (measured === "originals" || originals !== "f32" || !areCodesBlind(kernel, rows.slots.all())) return false;
  try {
    await renewGraph(rows, { ...kernel.shape, measured: "originals" }, forge, coming);
    return true;
  } catch (error) {
    // Two graphs do not fit into memory. The graph by codes stays, and searches held to a recall measure every row.
    if (isPipitError(error, "storage-full")) return false;
    throw error;
  }
}
