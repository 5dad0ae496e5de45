import { AbortedError, assertSameSpace, type Embedder, type Piece, PipitError, type Space } from "@pipit/core";
import { openStarter, type Starter, TOKEN_LIMIT } from "./starter.ts";

/**
 * The starter behind core's port. `space` is MiniLM's, as the caller knows it: a starter trained into another space is
 * refused with `space-mismatch`.
 */
export function createStarterEmbedder(file: Uint8Array, space: Space): Embedder {
  const opened = openStarter(file);
  const { dimensions, producer, space: trained } = opened.header;
  assertSameSpace({ ...trained, dimensions }, space);
  let starter: Starter | undefined = opened;
  const alive = () => starter ?? closed();
  return {
    space,
    producer,
    window: { limit: TOKEN_LIMIT, count: (text) => alive().count(text) },
    embed: async (pieces, options) => {
      if (options?.signal?.aborted) throw new AbortedError(options.signal.reason);
      return embedAll(alive(), pieces, dimensions);
    },
    close: async () => {
      starter = undefined;
    },
  };
}

function embedAll(starter: Starter, pieces: readonly Piece[], dimensions: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(pieces.length * dimensions);
  pieces.forEach((piece, i) => {
    if (piece.modality !== "text") throw foreign(piece.modality);
    out.set(starter.encode(piece.text), i * dimensions);
  });
  return out;
}

function foreign(modality: string): PipitError {
  return new PipitError("bad-input", {
    got: `a piece of modality ${modality}`,
    expected: "text",
    do: "Choose an embedder that reads this modality.",
  });
}

function closed(): never {
  throw new PipitError("closed", { got: "a call", expected: "none after close", do: "Open the starter again." });
}
