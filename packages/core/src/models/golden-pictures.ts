import type { PicturePiece } from "../ports/embedder.ts";
import type { Picture } from "../ports/picture.ts";
import { picturePiece } from "../prepare/pictures/picture-piece.ts";

type Draw = (x: number, y: number) => readonly [red: number, green: number, blue: number];

const WIDTH = 120;
const HEIGHT = 96;

/** Unlike each other in colour, in coarse and in fine structure, and not alike upside down. */
const DRAWINGS: readonly Draw[] = [
  (x, y) => [(x * 255) / WIDTH, (y * 255) / HEIGHT, 128],
  (x, y) => (((x >> 3) + (y >> 3) + (y > 60 ? 1 : 0)) % 2 === 0 ? [250, 240, 20] : [20, 30, 160]),
  (x, y) => (Math.hypot(x - 40, y - 30) < 22 ? [220, 40, 40] : [90, 150 - y, 90 + (y >> 1)]),
  (x, y) => [(x * x + y * 7) & 255, (x * 13 + y * y) & 255, (x * y) & 255],
];

/** Pictures drawn by formula, the same on every device, to prove models with: no file is needed for them, and no codec. */
export function goldenPictures(): PicturePiece[] {
  return DRAWINGS.map((draw) => picturePiece(drawn(draw)));
}

function drawn(draw: Draw): Picture {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y += 1) for (let x = 0; x < WIDTH; x += 1) pixels.set(draw(x, y), (y * WIDTH + x) * 3);
  return { width: WIDTH, height: HEIGHT, pixels };
}
