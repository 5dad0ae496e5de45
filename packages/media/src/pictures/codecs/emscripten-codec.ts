import { codecUnavailable } from "../media-error.ts";
import type { ModuleSource, PictureCodec, Raster } from "./raster.ts";

interface Decoder {
  /** `null` for a file that it cannot decode. */
  decode(file: Uint8Array, ...options: unknown[]): Omit<Raster, "channels"> | null;
}

export type DecoderFactory = (options: {
  readonly noInitialRun: true;
  readonly instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => object;
  readonly printErr: (line: string) => void;
}) => Promise<Decoder>;

export interface EmscriptenCodec {
  /** Loads the script around the module. */
  readonly script: () => Promise<{ readonly default: DecoderFactory }>;
  readonly module: ModuleSource;
  readonly options?: readonly unknown[];
  /** The lines of the library's messages that tell of a damage that it fills up with grey. */
  readonly refuses?: RegExp;
}

/** After a picture of so many pixels an instance is given up: memory of WebAssembly never shrinks. */
const MOST_KEPT_PIXELS = 4_000_000;

/**
 * A codec of @jsquash, compiled by Emscripten. An instance serves many pictures, until one ends in an error, which may leave its memory in
 * any state, or one is large. The next picture gets a new instance.
 */
export function emscriptenCodec({ script, module, options = [], refuses }: EmscriptenCodec): PictureCodec {
  let messages: string[] = [];
  let kept: Promise<Decoder> | undefined;

  const open = async () => {
    const [{ default: factory }, compiled] = await Promise.all([script(), module()]);
    return opened(factory, compiled, (line) => messages.push(line));
  };

  return async (file) => {
    kept ??= open().catch((cause) => {
      throw codecUnavailable(cause);
    });
    const opening = kept;
    kept = undefined;
    const decoder = await opening;
    messages = [];
    const raster = decoder.decode(file, ...options);
    const refusal = refuses && messages.find((line) => refuses.test(line));
    if (!raster || refusal) throw new Error(refusal ?? messages[0] ?? "the codec gave no reason");
    if (raster.width * raster.height <= MOST_KEPT_PIXELS) kept = opening;
    return { ...pixelsOf(raster), channels: 4 };
  };
}

function pixelsOf({ width, height, data }: Omit<Raster, "channels">): Omit<Raster, "channels"> {
  return { width, height, data };
}

function opened(factory: DecoderFactory, module: WebAssembly.Module, printErr: (line: string) => void) {
  return new Promise<Decoder>((resolve, reject) => {
    const instantiateWasm = (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
      WebAssembly.instantiate(module, imports).then(done).catch(reject);
      return {};
    };
    factory({ noInitialRun: true, instantiateWasm, printErr }).then(resolve, reject);
  });
}
