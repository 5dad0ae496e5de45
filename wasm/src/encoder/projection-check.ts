import { PipitError, type TokenProjection } from "@pipit/core";
import type { OpenedFile } from "./encoder-file.ts";
import { LANE_REACH, lanesOf, overLane, type PanelRow } from "./panels.ts";

/** The projection's matrix, a row an output channel. Its offsets are subtracted after the rows were divided by the states' lengths. */
export function projectionRows({ width, dimensions, codes, scales }: TokenProjection): PanelRow[] {
  return Array.from({ length: dimensions }, (_, row) => ({
    codes: codes.subarray(row * width, (row + 1) * width),
    scale: scales[row]!,
    bias: 0,
  }));
}

/**
 * Throws unless the kernel can apply this projection to this model's hidden states: `space-mismatch` for another model's, `unsupported`
 * for a model without hidden states to project, `bad-model` for weights that the kernel's 16-bit sums do not hold.
 */
export function assertProjection(projection: TokenProjection, { about, shape }: Omit<OpenedFile, "offsets">): void {
  const { space } = about;
  if (projection.spaceId !== space.id) throw otherSpace(projection.spaceId, `${space.id} (${space.name})`);
  if (shape.input !== "tokens" || shape.norm !== "after")
    throw noStates(`norms ${shape.norm} blocks of ${shape.input}`);
  if (projection.width !== shape.width) throw badWeights(`${projection.width} values a state`, `${shape.width}`);
  const isHeld = projectionRows(projection).every(({ codes }) =>
    lanesOf(codes).every((lane) => overLane(codes, lane, 1) <= 0 && overLane(codes, lane, -1) <= 0),
  );
  if (!isHeld) throw badWeights("weights that do not fit the kernel's sums", `sums of ${LANE_REACH} a lane at most`);
}

function otherSpace(got: string, expected: string): PipitError {
  return new PipitError("space-mismatch", {
    got: `a projection of token vectors for space ${got}`,
    expected: `space ${expected}`,
    do: "Use the projection that was fitted to this model.",
  });
}

function noStates(got: string): PipitError {
  return new PipitError("unsupported", {
    got: `a model with ${got}, for token vectors`,
    expected: "a text encoder that norms after its blocks",
    do: "Open this model without a projection.",
  });
}

function badWeights(got: string, expected: string): PipitError {
  return new PipitError("bad-model", {
    got: `a projection of token vectors with ${got}`,
    expected,
    do: "Make it with wasm/scripts/make-token-projection.ts.",
  });
}

export function noProjection(): PipitError {
  return new PipitError("bad-input", {
    got: "a call for token vectors of an encoder that was opened without a projection",
    expected: "an encoder with one",
    do: "Open it with the option `projection`.",
  });
}
