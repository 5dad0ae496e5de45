import { describe, expect, test } from "vitest";
import { checksum } from "../checksum.ts";
import { joinPieces } from "../ports/byte-store.ts";
import { readSnapshot, snapshotPieces } from "./snapshot.ts";

const SOURCE = {
  sequence: 12,
  space: "0123456789abcdef0123456789abcdef",
  storeCreatedAt: 1_700_000_000_000,
  listings: Array.from({ length: 600 }, (_, row) => ({
    id: `entry ${row}`,
    passages: [{ row, start: 0, end: 5 }],
    fields: { at: row },
    provisional: false,
  })),
};
const INDEX = Uint8Array.from({ length: 700_001 }, (_, i) => i % 251);

const written = (index: Iterable<Uint8Array> = [INDEX.subarray(0, 9), INDEX.subarray(9)]) =>
  joinPieces(snapshotPieces({ ...SOURCE, index }));

/** The same state in the layout of version 2: one checksum, of everything, at the end. */
async function version2(): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await written();
  const older = new Uint8Array(bytes.length + 4);
  older.set(bytes);
  const view = new DataView(older.buffer);
  view.setUint32(4, 2, true);
  view.setUint32(12, 0, true);
  view.setUint32(bytes.length, checksum(older.subarray(0, bytes.length)), true);
  return older;
}

describe("a collection snapshot", () => {
  test.each([
    ["of this version", written],
    ["of the version before", version2],
  ])("%s is read as it was written", async (_, make) => {
    const { listings, index, ...header } = await readSnapshot(await make());
    expect(header).toEqual({ sequence: 12, space: SOURCE.space, storeCreatedAt: SOURCE.storeCreatedAt });
    expect(listings).toEqual(SOURCE.listings);
    expect(Buffer.compare(index, INDEX)).toBe(0);
  });

  test("is refused if a bit of its head or directory is another one", async () => {
    const bytes = await written();
    const end = bytes.length - INDEX.length;
    for (let at = 0; at < end; at += at < 64 ? 1 : 997) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1;
      await expect(readSnapshot(flipped), `byte ${at}`).rejects.toMatchObject({ code: "bad-snapshot" });
    }
  });

  test("of the version before is refused if a bit anywhere is another one", async () => {
    const bytes = await version2();
    for (const at of [30, 1000, bytes.length - 9, bytes.length - 1]) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1;
      await expect(readSnapshot(flipped), `byte ${at}`).rejects.toMatchObject({ code: "bad-snapshot" });
    }
  });

  test.each([
    ["of this version", written],
    ["of the version before", version2],
  ])("%s that was cut within its directory is refused", async (_, make) => {
    const bytes = await make();
    for (const length of [0, 63, 64, 70, 1000, bytes.length - INDEX.length - 1])
      await expect(readSnapshot(bytes.slice(0, length))).rejects.toMatchObject({ code: "bad-snapshot" });
  });

  test("hands out views of the index's memory, which nobody copied", async () => {
    const handed: ArrayBufferLike[] = [];
    for await (const piece of snapshotPieces({ ...SOURCE, index: [INDEX] })) handed.push(piece.buffer);
    expect(handed.filter((buffer) => buffer === INDEX.buffer).length).toBe(Math.ceil(INDEX.length / (256 * 1024)));
  });

  test.each([0, 2])("is not written of memory that moved after part %i of it", async (moved) => {
    const memory = new WebAssembly.Memory({ initial: 11 });
    const pieces = snapshotPieces({ ...SOURCE, index: [new Uint8Array(memory.buffer)] });
    const isOfMemory = ({ buffer }: Uint8Array) => buffer === memory.buffer;
    let parts = 0;
    const reading = (async () => {
      for await (const piece of pieces) if (isOfMemory(piece) && parts++ === moved) memory.grow(1);
    })();
    await expect(reading).rejects.toMatchObject({ code: "bad-snapshot" });
  });
});
