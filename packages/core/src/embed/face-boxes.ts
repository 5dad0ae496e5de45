/** A face, in pixels of the picture that was given. */
export interface Face {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 0 to 1. */
  readonly score: number;
  /** Right eye, left eye, nose, right and left corner of the mouth, as seen from the face. */
  readonly landmarks: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The outputs of YuNet for one stride: a cell of the grid each. */
export interface GridOutputs {
  readonly stride: number;
  /** Cells of a row of the grid. */
  readonly columns: number;
  /** [cells] Probabilities of a face, and of anything. */
  readonly classes: Float32Array;
  readonly objects: Float32Array;
  /** [cells][4]: the centre's offset from the cell in cells, logarithms of width and height in cells. */
  readonly boxes: Float32Array;
  /** [cells][10]: offsets of five points. */
  readonly points: Float32Array;
}

/** The faces of a grid whose score is at least `least`: the geometric mean of both probabilities. */
export function facesIn(grid: GridOutputs, least: number): Face[] {
  const faces: Face[] = [];
  for (let cell = 0; cell < grid.classes.length; cell += 1) {
    const score = Math.sqrt(unit(grid.classes[cell]!) * unit(grid.objects[cell]!));
    if (score >= least) faces.push(faceAt(grid, cell, score));
  }
  return faces;
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function faceAt({ stride, columns, boxes, points }: GridOutputs, cell: number, score: number): Face {
  const [column, row] = [cell % columns, Math.floor(cell / columns)];
  const [dx = 0, dy = 0, w = 0, h = 0] = boxes.subarray(cell * 4, cell * 4 + 4);
  const [width, height] = [Math.exp(w) * stride, Math.exp(h) * stride];
  const landmarks = Array.from({ length: 5 }, (_, point) => ({
    x: (column + points[cell * 10 + point * 2]!) * stride,
    y: (row + points[cell * 10 + point * 2 + 1]!) * stride,
  }));
  const [x, y] = [(column + dx) * stride - width / 2, (row + dy) * stride - height / 2];
  return { x, y, width, height, score, landmarks };
}

/** Non-maximum suppression: of boxes that overlap by more than `most` (intersection over union) the best one is kept. Best first. */
export function withoutOverlaps(faces: readonly Face[], most: number): Face[] {
  const kept: Face[] = [];
  for (const face of [...faces].sort((a, b) => b.score - a.score)) {
    if (kept.every((better) => overlap(face, better) <= most)) kept.push(face);
  }
  return kept;
}

function overlap(a: Face, b: Face): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}
