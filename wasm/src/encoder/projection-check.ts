import { assertProjects, PipitError, type TokenProjection } from "@pipit/core";
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
 * Throws unless the kernel can apply this projection to this model's hidden states: as `assertProjects` does, `unsupported` for a model
 * without hidden states to project, `bad-model` for weights that the kernel's 16-bit sums do not hold.
 */
export function assertProjection(projection: TokenProjection, { about, shape }: Omit<OpenedFile, "offsets">): void {
  const { input, norm, width } = shape;
  assertProjects(projection, { space: about.space, width });
  if (input !== "tokens" || norm !== "after") throw noStates(`norms ${norm} blocks of ${input}`);
  const isHeld = projectionRows(projection).every(({ codes }) =>
    lanesOf(codes).every((lane) => overLane(codes, lane, 1) <= 0 && overLane(codes, lane, -1) <= 0),
  );
  if (!isHeld) throw badWeights();
}

function noStates(got: string): PipitError {
  return new PipitError("unsupported", {
    got: `a model with ${got}, for token vectors`,
    expected: "a text encoder that norms after its blocks",
    do: "Open this model without a projection.",
  });
}

function badWeights(): PipitError {
  return new PipitError("bad-model", {
    got: "a projection of token vectors with weights that do not fit the kernel's sums",
    expected: `${LANE_REACH} of one sign a lane at most`,
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
