import {
  assertSameSpace,
  closedError,
  type Embedder,
  type Piece,
  PipitError,
  Slices,
  type Space,
  throwIfAborted,
} from "@pipit/core";
import { openStarter, type Starter, TOKEN_LIMIT } from "./open-starter.ts";

/**
 * The starter behind core's port. `space` is MiniLM's, as the caller knows it: a starter trained into another space is
 * refused with `space-mismatch`.
 */
export function createStarterEmbedder(file: Uint8Array, space: Space): Embedder {
  const opened = openStarter(file);
  const { dimensions, producer, space: trained } = opened.header;
  assertSameSpace({ ...trained, dimensions }, space);
  let starter: Starter | undefined = opened;
  const alive = () => {
    if (starter) return starter;
    throw closedError("starter");
  };
  return {
    space,
    producer,
    window: { limit: TOKEN_LIMIT, count: (text) => alive().count(text) },
    embed: (pieces, { signal } = {}) => embedAll({ alive, dimensions, signal }, pieces),
    close: async () => {
      starter = undefined;
    },
  };
}

interface Run {
  readonly alive: () => Starter;
  readonly dimensions: number;
  readonly signal: AbortSignal | undefined;
}

/** Gives the thread back every few milliseconds: there is no device to wait for, so bulk work would hold it to the end. */
async function embedAll(
  { alive, dimensions, signal }: Run,
  pieces: readonly Piece[],
): Promise<Float32Array<ArrayBuffer>> {
  // The work begins after the caller's own turn, so that an abort in that turn is still heard.
  await Promise.resolve();
  throwIfAborted(signal);
  const out = new Float32Array(pieces.length * dimensions);
  const slices = new Slices();
  for (const [i, piece] of pieces.entries()) {
    throwIfAborted(signal);
    if (piece.modality !== "text") throw foreign(piece.modality);
    out.set(alive().encode(piece.text), i * dimensions);
    await slices.pause();
  }
  return out;
}

function foreign(modality: string): PipitError {
  return new PipitError("bad-input", {
    got: `a piece of modality ${modality}`,
    expected: "text",
    do: "Choose an embedder that reads this modality.",
  });
}
