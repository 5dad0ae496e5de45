import { toUnit } from "./matrix.ts";
import type { StarterParts } from "./starter-file.ts";

type Row = Float32Array<ArrayBuffer>;

/** Every so many tokens one is read for the mean row: 440 of 28,155. */
const SAMPLED = 64;

/**
 * Reads the row of a token, less the mean of all rows, as a unit vector in new memory. All rows lean to one side, so that signs would tell less
 * without this. The scale of a row does not matter.
 */
export function wordRows({ header, rows }: Pick<StarterParts, "header" | "rows">): (id: number) => Row {
  const { dimensions, rank, tokens } = header;
  const rowOf = (id: number) => {
    rows.need(id);
    const row = new Float32Array(dimensions);
    for (let i = 0, at = id * (dimensions + rank); i < dimensions; i++) row[i] = rows.integers[at + i]!;
    toUnit(row);
    return row;
  };
  let mean: Row | undefined;
  return (id) => {
    mean ??= meanOf(Array.from({ length: Math.ceil(tokens / SAMPLED) }, (_, i) => rowOf(i * SAMPLED)));
    const row = rowOf(id);
    for (let i = 0; i < dimensions; i++) row[i]! -= mean[i]!;
    toUnit(row);
    return row;
  };
}

function meanOf(rows: readonly Row[]): Row {
  const mean = new Float32Array(rows[0]!.length);
  for (const row of rows) for (let i = 0; i < mean.length; i++) mean[i]! += row[i]! / rows.length;
  return mean;
}
