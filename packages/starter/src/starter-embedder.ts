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
import { starterMeanings } from "./starter-meanings.ts";

/**
 * The starter as an `Embedder`. `space` is the caller's definition of MiniLM's space: a starter trained into another space is
 * refused with `space-mismatch`.
 */
export function createStarterEmbedder(file: Uint8Array, space: Space): Embedder {
  const opened = openStarter(file);
  const { dimensions, producer, space: trained } = opened.header;
  assertSameSpace({ ...trained, dimensions }, space);
  let starter: Starter | undefined = opened;
  const openedStarter = () => {
    if (starter) return starter;
    throw closedError("starter");
  };
  return {
    space,
    producer,
    reads: ["text"],
    window: { limit: TOKEN_LIMIT, count: (text) => openedStarter().count(text) },
    meanings: starterMeanings(opened),
    embed: (pieces, { signal } = {}) => embedAll({ openedStarter, dimensions, signal }, pieces),
    close: async () => {
      starter = undefined;
    },
  };
}

interface EmbedContext {
  readonly openedStarter: () => Starter;
  readonly dimensions: number;
  readonly signal: AbortSignal | undefined;
}

/** Yields to the event loop every few milliseconds: the work runs on this thread, so bulk work would block it to the end. */
async function embedAll(
  { openedStarter, dimensions, signal }: EmbedContext,
  pieces: readonly Piece[],
): Promise<Float32Array<ArrayBuffer>> {
  // The work begins after the caller's synchronous code, so that an abort there still has an effect.
  await Promise.resolve();
  throwIfAborted(signal);
  const out = new Float32Array(pieces.length * dimensions);
  const slices = new Slices();
  for (const [i, piece] of pieces.entries()) {
    throwIfAborted(signal);
    if (piece.modality !== "text") throw unsupported(piece.modality);
    out.set(openedStarter().encode(piece.text), i * dimensions);
    await slices.pause();
  }
  return out;
}

function unsupported(modality: string): PipitError {
  return new PipitError("bad-input", {
    got: `a piece of modality ${modality}`,
    expected: "text",
    do: "Choose an embedder that reads this modality.",
  });
}
