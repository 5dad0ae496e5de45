import { LimitError, type Picture, PipitError, throwIfAborted } from "@pipit/core";
import { decodeBmp } from "./codecs/bmp.ts";
import { fourChannelJpegCodec } from "./codecs/four-channel-jpeg.ts";
import { decodeGif } from "./codecs/gif.ts";
import { jpegCodec } from "./codecs/jpeg.ts";
import { pngCodec } from "./codecs/png.ts";
import type { ModuleSource, PictureCodec, Raster } from "./codecs/raster.ts";
import { webpCodec } from "./codecs/webp.ts";
import { damaged, undecoded } from "./media-error.ts";
import { type ForeignFormat, formatOf, type PictureFormat } from "./picture-format.ts";
import { type ReadHead, readHead } from "./read-head.ts";
import { uprightPicture } from "./upright.ts";

/** The compiled codecs of a host. Each is asked for when the first picture of its format comes. */
export interface CodecModules {
  readonly jpeg: ModuleSource;
  readonly png: ModuleSource;
  readonly webp: ModuleSource;
}

/** Decodes what the codecs here do not know, as a browser does. `undefined`: it does not know the file either. */
export type ForeignDecoder = (file: Uint8Array<ArrayBuffer>, maxPixels: number) => Promise<Raster | undefined>;

export interface PictureDecoderParts {
  readonly modules: CodecModules;
  /** Absent: such files are refused. */
  readonly foreign?: ForeignDecoder | undefined;
}

export interface DecodeOptions {
  /** Larger pictures are refused before they are decoded. Default `MOST_PIXELS`. */
  readonly maxPixels?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DecodedPicture extends Picture {
  readonly format: PictureFormat | ForeignFormat;
  /** When a camera took it, "YYYY-MM-DDThh:mm:ss" in the camera's local time, if its EXIF says so. */
  readonly takenAt?: string | undefined;
  /** True if the host's own decoder made the pixels: other hosts may make others, or refuse the file. */
  readonly isForeign?: true | undefined;
}

/** Some 60 megapixels take 240 MB while they are decoded, and 180 MB then. */
export const MOST_PIXELS = 60_000_000;

/**
 * Decodes pictures to the same pixels on every host. JPEG, PNG, WebP, GIF (its first frame) and BMP are decoded here; a foreign decoder may
 * know more.
 *
 * Pictures are decoded one after another, whatever the number of calls: each may take four bytes a pixel. A picture that fails leaves the
 * decoder as it was.
 *
 * `decode` fails with `unsupported` (no picture, or of a kind that no decoder knows), `bad-media` (damaged), `bad-input` (more than
 * `maxPixels`), `aborted`, and `model-unavailable` if a codec's file cannot be had.
 */
export interface PictureDecoder {
  decode(file: Uint8Array, options?: DecodeOptions): Promise<DecodedPicture>;
}

export function createPictureDecoder({ modules, foreign }: PictureDecoderParts): PictureDecoder {
  const jpeg = jpegCodec(modules.jpeg);
  const codecs: Readonly<Record<PictureFormat, PictureCodec>> = {
    jpeg,
    png: pngCodec(modules.png),
    webp: webpCodec(modules.webp),
    gif: decodeGif,
    bmp: decodeBmp,
  };
  const codecFor = ({ format, channels }: ReadHead) => (channels === 4 ? fourChannelJpegCodec : codecs[format]);
  let last: Promise<unknown> = Promise.resolve();

  const decode = async (file: Uint8Array, options: DecodeOptions): Promise<DecodedPicture> => {
    throwIfAborted(options.signal);
    const format = formatOf(file);
    if (format === undefined || format === "svg") throw undecoded(format ? "an SVG file" : "a file of no known format");
    if (!isOwn(format)) return byForeign(foreign, file, format, options);
    const head = readHead(file, format);
    assertPixels(head, options.maxPixels);
    if (head.foreign) return byForeign(foreign, file, format, options, head);
    const raster = await rasterOf(codecFor(head), file, head);
    throwIfAborted(options.signal);
    return { ...uprightPicture(raster, head.orientation), format, ...dateOf(head) };
  };

  return {
    decode(file, options = {}) {
      const decoding = last.then(() => decode(file, options));
      last = decoding.catch(() => undefined);
      return decoding;
    },
  };
}

function isOwn(format: PictureFormat | ForeignFormat): format is PictureFormat {
  return OWN.has(format);
}

const OWN: ReadonlySet<string> = new Set<PictureFormat>(["jpeg", "png", "webp", "gif", "bmp"]);

function assertPixels({ width, height }: Pick<ReadHead, "width" | "height">, maxPixels = MOST_PIXELS): void {
  if (width * height <= maxPixels) return;
  throw new LimitError(
    `a picture of ${width} x ${height} pixels`,
    `at most ${maxPixels.toLocaleString("en")} pixels`,
    "Make it smaller: models read a few hundred pixels a side.",
  );
}

/** The codec's raster, if it has the size that the header named. */
async function rasterOf(codec: PictureCodec, file: Uint8Array, { format, width, height }: ReadHead): Promise<Raster> {
  const raster = await attempt(codec, file, format);
  if (raster.width !== width || raster.height !== height) {
    throw damaged(format, `its pixels are ${raster.width} x ${raster.height}, its header says ${width} x ${height}`);
  }
  return raster;
}

async function attempt(codec: PictureCodec, file: Uint8Array, format: PictureFormat): Promise<Raster> {
  try {
    return await codec(file);
  } catch (cause) {
    if (cause instanceof PipitError) throw cause;
    throw damaged(format, reasonOf(cause), cause);
  }
}

/** Emscripten throws objects and numbers, too. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "its codec gave up";
}

async function byForeign(
  foreign: ForeignDecoder | undefined,
  file: Uint8Array,
  format: PictureFormat | ForeignFormat,
  { maxPixels = MOST_PIXELS, signal }: DecodeOptions,
  head?: ReadHead,
): Promise<DecodedPicture> {
  const kind = head?.foreign ?? `a file of the format ${format.toUpperCase()}`;
  const raster = await foreign?.(new Uint8Array(file), maxPixels);
  throwIfAborted(signal);
  if (!raster) throw undecoded(kind);
  assertPixels(raster, maxPixels);
  return { ...uprightPicture(raster, 1), format, isForeign: true, ...dateOf(head) };
}

function dateOf(head: ReadHead | undefined): Pick<DecodedPicture, "takenAt"> {
  return head?.takenAt ? { takenAt: head.takenAt } : {};
}
