import { readFile } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";
import { loadBuild } from "../node.ts";
import { ENCODER_BUILDS, type EncoderBuild } from "./encoder-exports.ts";
import { pickEncoder, type VerdictMemory } from "./pick-encoder.ts";

const load = (build: EncoderBuild) => loadBuild(build, "encoder");
// The instruction by which each build makes a finished sum an f32.
const CONVERT_SIGNED = [0xfd, 0xfa, 0x01];
const CONVERT_UNSIGNED = [0xfd, 0xfb, 0x01];
const UNREACHABLE = [0x00, 0x01, 0x01];

afterEach(() => {
  vi.restoreAllMocks();
});

/** Loads builds, some of them others than they should be, and says which were asked for. */
function loading(swapped: Partial<Record<EncoderBuild, WebAssembly.Module>> = {}) {
  const loaded: EncoderBuild[] = [];
  return {
    loaded,
    load: async (build: EncoderBuild) => {
      loaded.push(build);
      return swapped[build] ?? load(build);
    },
  };
}

function memoryOf(known?: string): VerdictMemory & { readonly written: EncoderBuild[] } {
  const written: EncoderBuild[] = [];
  return {
    written,
    read: async () => known,
    write: async (build) => {
      written.push(build);
    },
  };
}

/** A build with that instruction in the place of the one that makes sums f32. */
async function broken(build: EncoderBuild, instruction: readonly number[]): Promise<WebAssembly.Module> {
  const bytes = new Uint8Array(await readFile(new URL(`../../build/encoder-${build}.wasm`, import.meta.url)));
  let found = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (CONVERT_SIGNED.some((byte, i) => bytes[at + i] !== byte)) continue;
    bytes.set(instruction, at);
    found++;
  }
  expect(found).toBeGreaterThan(10);
  return WebAssembly.compile(bytes);
}

const counting = (build: EncoderBuild) => broken(build, CONVERT_UNSIGNED);
const trapping = (build: EncoderBuild) => broken(build, UNREACHABLE);

test("picks the quickest build of byte products where they run, and says what it measured", async () => {
  const { load, loaded } = loading();
  const { build, module, measured } = await pickEncoder(load);
  expect(["relaxed", "maddubs"]).toContain(build);
  expect(module).toBeInstanceOf(WebAssembly.Module);
  expect(Object.keys(measured).sort()).toEqual(["maddubs", "relaxed"]);
  expect(measured[build]).toBe(Math.min(...Object.values(measured)));
  expect(loaded).toEqual(["relaxed", "maddubs"]);
});

test.each([
  ["relaxed", "maddubs"],
  ["maddubs", "relaxed"],
] as const)("passes over %s when it counts wrong", async (wrong, right) => {
  const picked = await pickEncoder(loading({ [wrong]: await counting(wrong) }).load);
  expect(picked.build).toBe(right);
  expect(Object.keys(picked.measured)).toEqual([right]);
});

test("passes over builds that trap, and falls back to plain SIMD", async () => {
  const swapped = { relaxed: await trapping("relaxed"), maddubs: await trapping("maddubs") };
  const { build, measured } = await pickEncoder(loading(swapped).load);
  expect(build).toBe("simd");
  expect(Object.keys(measured)).toEqual(["simd"]);
});

test("passes over a module that is another kernel", async () => {
  const other = await loadBuild("simd", "search");
  expect((await pickEncoder(loading({ relaxed: other, maddubs: other }).load)).build).toBe("simd");
});

test("is unsupported when no build works", async () => {
  const swapped = {
    relaxed: await counting("relaxed"),
    maddubs: await trapping("maddubs"),
    simd: await counting("simd"),
  };
  await expect(pickEncoder(loading(swapped).load)).rejects.toMatchObject({ code: "unsupported" });
});

test("takes plain SIMD without relaxed SIMD, and loads nothing else", async () => {
  vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
  const { load, loaded } = loading();
  expect((await pickEncoder(load)).build).toBe("simd");
  expect(loaded).toEqual(["simd"]);
});

test("fails as loading does", async () => {
  const gone = async () => {
    throw new Error("connection lost");
  };
  await expect(pickEncoder(gone)).rejects.toThrow("connection lost");
});

test.each(ENCODER_BUILDS)("a remembered %s is taken without measuring the others", async (known) => {
  const { load, loaded } = loading();
  const memory = memoryOf(known);
  expect(await pickEncoder(load, memory)).toMatchObject({ build: known, measured: {} });
  expect(loaded).toEqual([known]);
  expect(memory.written).toEqual([]);
});

test("a first verdict is remembered", async () => {
  const memory = memoryOf();
  const { build } = await pickEncoder(load, memory);
  expect(memory.written).toEqual([build]);
});

test("a remembered build that works no more is not taken, and the new verdict is remembered", async () => {
  const memory = memoryOf("maddubs");
  const { load } = loading({ maddubs: await counting("maddubs") });
  expect((await pickEncoder(load, memory)).build).toBe("relaxed");
  expect(memory.written).toEqual(["relaxed"]);
});

test("a remembered build that this engine does not run is not taken", async () => {
  vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
  const { load, loaded } = loading();
  expect((await pickEncoder(load, memoryOf("relaxed"))).build).toBe("simd");
  expect(loaded).toEqual(["simd"]);
});

test.each(["", "threads", "__proto__", "RELAXED"])(
  "a remembered %j, which is no build, is as good as none",
  async (known) => {
    const memory = memoryOf(known);
    const { build } = await pickEncoder(load, memory);
    expect(["relaxed", "maddubs"]).toContain(build);
    expect(memory.written).toEqual([build]);
  },
);

test("a memory that fails to read or to write keeps nobody from a build", async () => {
  const failing: VerdictMemory = {
    read: () => Promise.reject(new Error("disk gone")),
    write: () => Promise.reject(new Error("disk full")),
  };
  expect(["relaxed", "maddubs"]).toContain((await pickEncoder(load, failing)).build);
});
