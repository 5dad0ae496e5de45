/**
 * Rows of codes by a matrix of panels, panel by panel: a panel is read once and stays in the first cache for all rows.
 * Rows are cut into tiles of similar size, because the sums of a tile of one row would wait for one another.
 */
import { CODE_BYTES, FACT_BYTES } from "./codes";
import {
  COLUMN_BYTES, MOST_ROWS, PANEL, aim, fiveRows, fourRows, oneRow, sixRows, threeRows, twoRows,
} from "./tile";

/** y[rows, channels] f32 = rows of codes by panels. `depth` is a multiple of 16, `channels` of 8. */
export function multiply(
  codes: usize, facts: usize, rows: u32, depth: u32,
  panels: usize, columns: usize, channels: u32, out: usize,
): void {
  const pitch = <usize>depth * CODE_BYTES;
  const outPitch = <usize>channels << 2;
  for (let channel: u32 = 0; channel < channels; channel += PANEL) {
    let left = rows;
    let tiles = (rows + MOST_ROWS - 1) / MOST_ROWS;
    while (left > 0) {
      const row = rows - left;
      const taken = (left + tiles - 1) / tiles;
      aim(codes + pitch * row, pitch, facts + row * FACT_BYTES, out + outPitch * row + (<usize>channel << 2), outPitch);
      if (MOST_ROWS > 5 && taken == 6) sixRows(panels, depth, columns);
      else if (MOST_ROWS > 4 && taken == 5) fiveRows(panels, depth, columns);
      else if (MOST_ROWS > 3 && taken == 4) fourRows(panels, depth, columns);
      else if (taken == 3) threeRows(panels, depth, columns);
      else if (taken == 2) twoRows(panels, depth, columns);
      else oneRow(panels, depth, columns);
      left -= taken;
      tiles--;
    }
    panels += <usize>depth * PANEL;
    columns += COLUMN_BYTES;
  }
}
