import { PipitError } from "../errors.ts";
import { whyNotPieces } from "../pieces.ts";
import type { Embedder, Modality, Piece, Producer } from "../ports/embedder.ts";
import { assertSameSpace } from "../space.ts";

/**
 * Embedders of one space as one: each piece goes to the one that reads its modality, and vectors come in the order of the pieces. The
 * encoders of a model of texts and pictures load apart and have a lane each. It closes them.
 *
 * Fails with `space-mismatch` if their spaces differ, and with `bad-input` if two read the same modality.
 */
export function joinEmbedders(parts: readonly [Embedder, ...Embedder[]]): Embedder {
  const [{ space }] = parts;
  for (const part of parts) assertSameSpace(part.space, space);
  const reads = parts.flatMap(readsOf);
  const twice = reads.find((modality, at) => reads.indexOf(modality) !== at);
  if (twice) throw doubled(twice);
  return {
    space,
    producer: joinedProducer(parts),
    reads,
    window: parts.find(({ window }) => window)?.window,
    async embed(pieces, options) {
      const wrong = whyNotPieces(pieces, reads);
      if (wrong) throw wrong;
      const out = new Float32Array(pieces.length * space.dimensions);
      await Promise.all(
        parts.map(async (part) => {
          const rows = rowsFor(part, pieces);
          if (rows.length === 0) return;
          const vectors = await part.embed(
            rows.map((row) => pieces[row]!),
            options,
          );
          rows.forEach((row, at) => {
            const vector = vectors.subarray(at * space.dimensions, (at + 1) * space.dimensions);
            out.set(vector, row * space.dimensions);
          });
        }),
      );
      return out;
    },
    async close() {
      await Promise.all(parts.map((part) => part.close()));
    },
  };
}

const readsOf = ({ reads = ["text"] }: Embedder): readonly Modality[] => reads;

function rowsFor(part: Embedder, pieces: readonly Piece[]): number[] {
  return pieces.flatMap(({ modality }, row) => (readsOf(part).includes(modality) ? [row] : []));
}

/** Its fidelity is that of its roughest part. */
function joinedProducer(parts: readonly Embedder[]): Producer {
  const producers = parts.map(({ producer }) => producer);
  const names = [...new Set(producers.map(({ name }) => name))];
  const least = (of: (producer: Producer) => number) => Math.min(...producers.map(of));
  return {
    name: names.join("+"),
    fidelity: { mean: least(({ fidelity }) => fidelity.mean), min: least(({ fidelity }) => fidelity.min) },
  };
}

function doubled(modality: Modality): PipitError {
  return new PipitError("bad-input", {
    got: `two embedders that read ${modality}`,
    expected: "one of each modality",
    do: "Leave one of them out.",
  });
}
