/** Pixels as a codec gives them. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 3: RGB, 4: RGB and alpha. */
  readonly channels: 3 | 4;
  /** [height][width][channels] */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Throws anything for a file that it cannot decode. It may keep no memory of it then. */
export type PictureCodec = (file: Uint8Array) => Raster | Promise<Raster>;

/** Gives the compiled module of a codec, the same at each call. */
export type ModuleSource = () => Promise<WebAssembly.Module>;
