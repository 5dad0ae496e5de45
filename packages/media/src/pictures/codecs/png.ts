import { codecUnavailable } from "../media-error.ts";
import type { ModuleSource, PictureCodec, Raster } from "./raster.ts";

interface PngExports {
  readonly memory: WebAssembly.Memory;
  __wbindgen_malloc(bytes: number, alignment: number): number;
  __wbindgen_free(at: number, bytes: number, alignment: number): void;
  /** Takes over the file's memory, and returns what the import that makes an `ImageData` returned. */
  decode(file: number, length: number): number;
}

/** After a picture of so many pixels an instance is given up: memory of WebAssembly never shrinks. */
const MOST_KEPT_PIXELS = 4_000_000;

/**
 * The png crate of Rust by @jsquash/png, without the script around it: that one keeps one instance for good, and each damaged file leaves
 * the instance with less of its stack. The names of the imports end with hashes, which change with the version.
 */
export function pngCodec(module: ModuleSource): PictureCodec {
  let kept: PngDecoder | undefined;

  const open = async () => {
    try {
      return await PngDecoder.open(await module());
    } catch (cause) {
      throw codecUnavailable(cause);
    }
  };

  return async (file) => {
    const decoder = kept ?? (await open());
    kept = undefined;
    const raster = decoder.decode(file);
    if (raster.width * raster.height <= MOST_KEPT_PIXELS) kept = decoder;
    return raster;
  };
}

class PngDecoder {
  #exports: PngExports | undefined;
  #raster: Raster | undefined;

  static async open(module: WebAssembly.Module): Promise<PngDecoder> {
    const decoder = new PngDecoder();
    const { exports } = await WebAssembly.instantiate(module, decoder.#imports(module));
    decoder.#exports = exports as unknown as PngExports;
    return decoder;
  }

  decode(file: Uint8Array): Raster {
    const exports = this.#exports!;
    const at = exports.__wbindgen_malloc(file.length, 1) >>> 0;
    new Uint8Array(exports.memory.buffer).set(file, at);
    this.#raster = undefined;
    exports.decode(at, file.length);
    const raster = this.#raster as Raster | undefined;
    if (!raster) throw new Error("the codec made no picture");
    return raster;
  }

  #imports(module: WebAssembly.Module): WebAssembly.Imports {
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
    for (const each of WebAssembly.Module.imports(module)) {
      const made = each.name.startsWith("__wbg_newwithownedu8clampedarrayandsh_") ? this.#made : unexpected;
      imports[each.module] ??= {};
      imports[each.module]![each.name] = made;
    }
    return imports;
  }

  /** Copies the pixels out of the instance's memory, and frees them there. */
  readonly #made = (at: number, length: number, width: number, height: number): number => {
    const { memory, __wbindgen_free } = this.#exports!;
    const data = new Uint8Array(memory.buffer).slice(at >>> 0, (at >>> 0) + length);
    __wbindgen_free(at, length, 1);
    this.#raster = { width: width >>> 0, height: height >>> 0, channels: 4, data };
    return 0;
  };
}

/** Rust calls the other imports only to report an error. */
function unexpected(): never {
  throw new Error("its pixels cannot be read");
}
