import { describe, expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import { ExactKernel } from "../../search/exact/exact-kernel.ts";
import { joinContainer, layContainer, type Section, writeContainer } from "./container.ts";
import { type ByteReader, readContainer, readSection } from "./container-reader.ts";

const KIND = 7;
const shape = { dimensions: 1, codes: "none", originals: "f32", metric: "cosine" } as const;
const { hash } = new ExactKernel(await loadBuild("simd", "exact"), shape, 2 ** 24);

const header = { kind: KIND, sequence: 2n ** 40n + 5n, words: [3, 4294967295, 12], numbers: [0.25, -1e300] };
const sections = [section(9, 70), section(2, 0), section(5, 130)];
const file = joinContainer(header, sections, hash);
const HEAD = 64 + 16 + 16 + 3 * 32;

function section(tag: number, bytes: number): Section {
  const content = Uint8Array.from({ length: bytes }, (_, i) => tag * 16 + i);
  const half = bytes >> 1;
  return { tag, bytes, pieces: () => [content.subarray(0, half), content.subarray(half)] };
}

/** Reads everything, as an index does; answers what was in each section. */
async function readAll(source: Uint8Array | ByteReader) {
  const container = await readContainer(source, KIND, hash);
  const contents = [...container.sections.values()].map(async (stored) => {
    const target = new Uint8Array(stored.bytes);
    await readSection(container, stored, { pieces: () => [target], hash });
    return { tag: stored.tag, content: target };
  });
  return { container, contents: await Promise.all(contents) };
}

/** Gives a changed head a sum that is right for it, as one made with intent would have. */
function sign(changed: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(changed.buffer);
  view.setBigUint64(56, 0n, true);
  view.setBigUint64(56, hash([changed.subarray(0, HEAD)]), true);
  return changed;
}

function changed(change: (view: DataView) => void): Uint8Array<ArrayBuffer> {
  const copy = file.slice();
  change(new DataView(copy.buffer));
  return copy;
}

test("what was written is read back", async () => {
  const { container, contents } = await readAll(file);
  expect(container).toMatchObject(header);
  expect(contents).toEqual(
    sections.map(({ tag, pieces }) => ({
      tag,
      content: Uint8Array.from([...pieces()].flatMap((piece) => [...piece])),
    })),
  );
});

test("begins with PIPX, version 2 and the kind of index", () => {
  expect([...file.subarray(0, 12)]).toEqual([0x50, 0x49, 0x50, 0x58, 2, 0, 0, 0, KIND, 0, 0, 0]);
});

test("sections begin at multiples of 64 and the file ends at one", () => {
  const { offsets, total } = layContainer(header, sections);
  expect(offsets).toEqual([192, 320, 320]);
  expect(total).toBe(file.length);
  expect(total % 64).toBe(0);
});

test("the pieces written one after another are the file", () => {
  const pieces = [...writeContainer(header, sections, hash)];
  expect(Uint8Array.from(pieces.flatMap((piece) => [...piece]))).toEqual(file);
});

test("a file without parameters and sections is read back", async () => {
  const empty = joinContainer({ kind: KIND, sequence: 0n, words: [], numbers: [] }, [], hash);
  expect((await readAll(empty)).contents).toEqual([]);
});

test("a reader of ranges serves as well as bytes", async () => {
  const reader: ByteReader = {
    size: file.length,
    read: async (offset, target) => target.set(file.subarray(offset, offset + target.length)),
  };
  expect((await readAll(reader)).contents).toHaveLength(3);
});

test("nothing is asked of a reader that lies past its end", async () => {
  for (let size = 0; size < file.length; size += 7) {
    const read = async (offset: number, target: Uint8Array) => {
      if (offset + target.length > size) throw new RangeError("past the end");
      target.set(file.subarray(offset, offset + target.length));
    };
    await expect(readAll({ size, read })).rejects.toMatchObject({ code: "bad-snapshot" });
  }
});

test("a reader that fails is heard", async () => {
  const reader: ByteReader = { size: file.length, read: () => Promise.reject(new Error("disk gone")) };
  await expect(readAll(reader)).rejects.toThrow("disk gone");
});

test("a file of version 1 is refused by name, with what to do", async () => {
  const old = changed((view) => view.setUint32(4, 1, true));
  await expect(readAll(old)).rejects.toThrow(
    "got v1, expected v2. Rebuild the index from its entries; they are the truth.",
  );
});

test("every shorter file is refused", async () => {
  for (let length = 0; length < file.length; length++) {
    await expect(readAll(file.subarray(0, length)), `${length} bytes`).rejects.toMatchObject({ code: "bad-snapshot" });
  }
});

test("a longer file is refused", async () => {
  const longer = new Uint8Array(file.length + 64);
  longer.set(file);
  await expect(readAll(longer)).rejects.toMatchObject({ code: "bad-snapshot" });
});

test("every flipped bit is noticed", async () => {
  for (let bit = 0; bit < file.length * 8; bit++) {
    const flipped = changed((view) => view.setUint8(bit >> 3, view.getUint8(bit >> 3) ^ (1 << (bit & 7))));
    await expect(readAll(flipped), `bit ${bit}`).rejects.toMatchObject({ code: "bad-snapshot" });
  }
});

describe("with a right sum over the head, it still is refused", () => {
  const TABLE = HEAD - 96;
  const lies: [string, (view: DataView) => void, RegExp][] = [
    ["another magic", (view) => view.setUint32(0, 1, true), /begin with PIPX/],
    ["a later version", (view) => view.setUint32(4, 3, true), /got v3, expected v2/],
    ["another kind", (view) => view.setUint32(8, 8, true), /kind 8, expected kind 7/],
    ["more words", (view) => view.setUint32(12, 5, true), /./],
    ["fewer words", (view) => view.setUint32(12, 1, true), /./],
    ["words beyond all sense", (view) => view.setUint32(12, 2 ** 32 - 1, true), /sensible/],
    ["more numbers", (view) => view.setUint32(16, 3, true), /./],
    ["numbers beyond all sense", (view) => view.setUint32(16, 2 ** 32 - 1, true), /sensible/],
    ["fewer sections", (view) => view.setUint32(20, 2, true), /./],
    ["more sections", (view) => view.setUint32(20, 4, true), /./],
    ["sections beyond all sense", (view) => view.setUint32(20, 2 ** 31, true), /sensible/],
    ["another size", (view) => view.setBigUint64(32, 576n, true), /576/],
    ["a reserved place taken", (view) => view.setUint32(48, 1, true), /reserved places/],
    ["padding of words", (view) => view.setUint32(64 + 12, 1, true), /padding of words/],
    ["a tag twice", (view) => view.setUint32(TABLE + 32, 9, true), /a section twice/],
    ["a reserved place in the table", (view) => view.setUint32(TABLE + 4, 1, true), /reserved place/],
    ["a section elsewhere", (view) => view.setBigUint64(TABLE + 8, 256n, true), /lie elsewhere/],
    ["a section beyond the end", (view) => view.setBigUint64(TABLE + 72, 2n ** 60n, true), /lie elsewhere/],
    ["a longer section", (view) => view.setBigUint64(TABLE + 16, 71n, true), /checksum of section 9/],
    ["a section of all the world", (view) => view.setBigUint64(TABLE + 16, 2n ** 63n, true), /fill the file/],
    ["another sum of a section", (view) => view.setBigUint64(TABLE + 24, 1n, true), /checksum of section 9/],
  ];
  test.each(lies)("%s", async (_, lie, said) => {
    const call = readAll(sign(changed(lie)));
    await expect(call).rejects.toMatchObject({ code: "bad-snapshot" });
    await expect(readAll(sign(changed(lie)))).rejects.toThrow(said);
  });

  test.each([300, file.length - 1])("a byte in the padding at %i", async (at) => {
    await expect(readAll(changed((view) => view.setUint8(at, 1)))).rejects.toThrow(/padding that is not zero/);
  });
});

test("a section is not read into room of another size", async () => {
  const container = await readContainer(file, KIND, hash);
  const stored = container.sections.get(5)!;
  const call = readSection(container, stored, { pieces: () => [new Uint8Array(129)], hash });
  await expect(call).rejects.toThrow(/130 bytes in section 5, expected 129/);
});
