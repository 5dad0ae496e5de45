/** A decoded picture, turned as it is meant to be seen. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGB, [height][width][3], 0 to 255. Alpha is dropped, and colour profiles are ignored, as in the preprocessing of CLIP. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}
