import { describe, expect, test } from "vitest";
import { checksum } from "../checksum.ts";
import { joinedBytes } from "../joined-bytes.ts";
import { joinPieces } from "../ports/byte-store.ts";
import { readDirectoryLines } from "./directory-lines.ts";
import { SavedListings, savedDirectory } from "./saved-listings.ts";
import { readSnapshot, snapshotPieces } from "./snapshot.ts";
import { DIRECTORY, savedSection } from "./snapshot-format.ts";

const HEADER = {
  sequence: 12,
  space: "0123456789abcdef0123456789abcdef",
  storeCreatedAt: 1_700_000_000_000,
};
const LISTINGS = Array.from({ length: 600 }, (_, row) => ({
  id: `entry ${row}`,
  passages: [{ row, start: 0, end: 5 }],
  fields: { at: row },
  provisional: false,
}));
const listingsIn = async (section: Uint8Array) => {
  const saved = await SavedListings.open(section);
  return saved.ids.map((_, number) => saved.listing(number));
};
const INDEX = Uint8Array.from({ length: 700_001 }, (_, i) => i % 251);

const written = async (vectors: readonly Uint8Array[] = [INDEX.subarray(0, 9), INDEX.subarray(9)]) => {
  const sections = new Map([
    [DIRECTORY, await savedDirectory(LISTINGS)],
    ["vectors", savedSection(vectors)],
    ["words", savedSection([Uint8Array.of(7)])],
  ]);
  return joinPieces(snapshotPieces({ ...HEADER, sections }));
};

/** The same state in the layout of version 2 (one checksum, of everything, at the end) or 3 (one of head and directory, in the head). */
async function older(version: 2 | 3): Promise<Uint8Array<ArrayBuffer>> {
  const half = LISTINGS.length / 2;
  const lines = [LISTINGS.slice(0, half), LISTINGS.slice(half)].map((line) => `${JSON.stringify(line)}\n`);
  const directory = new TextEncoder().encode(lines.join(""));
  const head = (await written()).slice(0, 64);
  const view = new DataView(head.buffer);
  view.setUint32(4, version, true);
  view.setUint32(8, directory.length, true);
  view.setUint32(12, 0, true);
  const padding = new Uint8Array(-directory.length & 7);
  const pieces = [head, directory, padding, INDEX];
  const before = () =>
    joinedBytes(
      pieces,
      pieces.reduce((sum, { length }) => sum + length, 0),
    );
  if (version === 3) {
    view.setUint32(12, checksum(before().subarray(0, -INDEX.length)), true);
    return before();
  }
  const sum = new Uint8Array(4);
  new DataView(sum.buffer).setUint32(0, checksum(before()), true);
  return joinedBytes([before(), sum], before().length + 4);
}

describe("a collection snapshot", () => {
  test.each([
    ["of this version", written, listingsIn],
    ["of version 3", () => older(3), readDirectoryLines],
    ["of version 2", () => older(2), readDirectoryLines],
  ])("%s is read as it was written", async (_, make, readDirectory) => {
    const { sections, ...header } = await readSnapshot(await make());
    expect(header).toEqual(HEADER);
    expect(await readDirectory(sections.get(DIRECTORY)!)).toEqual(LISTINGS);
    expect(Buffer.compare(sections.get("vectors")!, INDEX)).toBe(0);
  });

  test("has each section at a multiple of 64", async () => {
    const { sections } = await readSnapshot(await written());
    expect([...sections.values()].map(({ byteOffset }) => byteOffset % 64)).toEqual([0, 0, 0]);
    expect(sections.get("words")).toEqual(Uint8Array.of(7));
  });

  test("is refused if a bit of its head or table is another one", async () => {
    const bytes = await written();
    for (let at = 0; at < 64 + 3 * 32; at++) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1;
      await expect(readSnapshot(flipped), `byte ${at}`).rejects.toMatchObject({ code: "bad-snapshot" });
    }
  });

  test.each([
    ["of this version", written, SavedListings.open],
    ["of version 3", () => older(3), readDirectoryLines],
  ])("%s has a directory that is refused if a bit of it is another one, or it was cut", async (_, make, open) => {
    const section = (await readSnapshot(await make())).sections.get(DIRECTORY)!;
    for (let at = 0; at < section.length; at += 997) {
      const flipped = section.slice();
      flipped[at]! ^= 1;
      await expect(open(flipped), `byte ${at}`).rejects.toMatchObject({ code: "bad-snapshot" });
    }
    for (const length of [0, 3, 4, 19, 1000, section.length - 1])
      await expect(open(section.slice(0, length))).rejects.toMatchObject({ code: "bad-snapshot" });
  });

  test.each([2, 3] as const)(
    "of version %i is refused if a bit of head or directory is another one",
    async (version) => {
      const bytes = await older(version);
      for (const at of [30, 1000, ...(version === 2 ? [bytes.length - 9, bytes.length - 1] : [])]) {
        const flipped = bytes.slice();
        flipped[at]! ^= 1;
        await expect(readSnapshot(flipped), `byte ${at}`).rejects.toMatchObject({ code: "bad-snapshot" });
      }
    },
  );

  test.each([
    ["of this version", written, [0, 63, 64, 70, 159]],
    ["of version 3", () => older(3), [0, 63, 64, 70, 1000]],
    ["of version 2", () => older(2), [0, 63, 64, 70, 1000]],
  ])("%s that was cut is refused", async (_, make, lengths) => {
    const bytes = await make();
    for (const length of lengths)
      await expect(readSnapshot(bytes.slice(0, length))).rejects.toMatchObject({ code: "bad-snapshot" });
  });

  test("hands out views of the index's memory, which nobody copied", async () => {
    const handed: ArrayBufferLike[] = [];
    const sections = new Map([["vectors", savedSection([INDEX])]]);
    for await (const piece of snapshotPieces({ ...HEADER, sections })) handed.push(piece.buffer);
    expect(handed.filter((buffer) => buffer === INDEX.buffer).length).toBe(Math.ceil(INDEX.length / (256 * 1024)));
  });

  test.each([0, 2])("is not written of memory that moved after part %i of it", async (moved) => {
    const memory = new WebAssembly.Memory({ initial: 11 });
    const sections = new Map([["vectors", savedSection([new Uint8Array(memory.buffer)])]]);
    const isOfMemory = ({ buffer }: Uint8Array) => buffer === memory.buffer;
    let parts = 0;
    const reading = (async () => {
      for await (const piece of snapshotPieces({ ...HEADER, sections }))
        if (isOfMemory(piece) && parts++ === moved) memory.grow(1);
    })();
    await expect(reading).rejects.toMatchObject({ code: "bad-snapshot" });
  });
});
