import { describe, expect, test } from "vitest";
import type { Fields } from "../entry.ts";
import { joinedBytes } from "../joined-bytes.ts";
import { Directory } from "./directory.ts";
import type { FurtherParts, Listing } from "./listing.ts";
import { SavedListings, savedDirectory } from "./saved-listings.ts";

const all = () => true;

/** Runs the generator to its end and calls `meanwhile` at each stop. */
function made(making: ReturnType<Directory["bitmapOf"]>, meanwhile: (stop: number) => void = () => undefined) {
  for (let stop = 0; ; stop++) {
    const step = making.next();
    if (step.done) return step.value;
    meanwhile(stop);
  }
}

test("a filter's bitmap is as long as its rows ask for, and of no rows it is empty", () => {
  // Signed shifts were wrong here: the bitmap of an empty directory took half a gigabyte.
  expect(made(new Directory().bitmapOf(all)).length).toBe(0);
  for (const [row, words] of [
    [0, 1],
    [31, 1],
    [32, 2],
    [1000, 32],
  ] as const) {
    const passages = [{ row, start: 0, end: 1 }];
    const directory = Directory.fromListings([{ id: "a", passages, fields: {}, provisional: false }]);
    expect(made(directory.bitmapOf(all)).length).toBe(words);
  }
});

test("a bitmap has the changes that were made while it was computed", () => {
  const listing = (i: number, fields = {}) => ({
    id: `e${i}`,
    passages: [{ row: i, start: 0, end: 1 }],
    fields,
    provisional: false,
  });
  const directory = Directory.fromListings(Array.from({ length: 200 }, (_, i) => listing(i)));
  const shown = (fields: Fields) => fields.hidden === undefined;
  const bitmap = made(directory.bitmapOf(shown), (stop) => {
    if (stop > 0) return;
    // The entries are marked already: one gets other fields in the same row, the other gets another row.
    directory.put({ ...listing(3, { hidden: true }), text: "" } as never);
    directory.put({ ...listing(4), passages: [{ row: 5_000, start: 0, end: 1 }], text: "" } as never);
  });
  const has = (row: number) => ((bitmap[row >>> 5] ?? 0) >>> (row & 31)) & 1;
  expect([has(2), has(3), has(199), has(5_000)]).toEqual([1, 0, 1, 1]);
});

describe("a directory that was saved and opened", () => {
  const reopened = async (directory: Directory) => {
    const { bytes, pieces } = await savedDirectory(directory.all());
    return Directory.fromSaved(await SavedListings.open(joinedBytes(pieces, bytes)));
  };
  /** All that a directory tells. */
  const told = (directory: Directory, mostRow: number) => ({
    entries: directory.entries,
    rows: directory.rows,
    ids: [...directory.ids()],
    all: [...directory.all()],
    provisional: [...directory.provisional],
    wordsOnly: [...directory.wordsOnly],
    owners: Array.from({ length: mostRow }, (_, row) => directory.owner(row)),
    named: Array.from({ length: 9 }, (_, at) => directory.names(`d${at}`)),
    bitmap: made(directory.bitmapOf(({ group }) => group === 1)),
  });
  const ODD_IDS = ["", '"', "a\nb", "\\", '"a"', "é", "🦆", " ", "[1]", "\ud800"];
  let seed = 7;
  const below = (most: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    // The low bits of such a generator repeat after a few numbers.
    return (seed >>> 12) % most;
  };

  function written(row: number): { listing: Listing; next: number } {
    const count = below(4);
    const passages = Array.from({ length: count }, (_, i) => ({ row: row + i, start: 7 * i, end: 7 * i + 6 }));
    const media = Array.from({ length: below(3) }, () => ({ digest: `d${below(9)}`, type: "image/png", size: 1 }));
    const pictures = media.map((_, medium) => ({ row: row + count + medium, locus: { modality: "picture", medium } }));
    const further = [{ space: "s", parts: pictures as FurtherParts["parts"] }];
    const id = below(5) === 0 ? ODD_IDS[below(ODD_IDS.length)]! : `e${below(60)}`;
    const listing = {
      id,
      passages,
      ...(below(3) === 0 && { unread: [{ start: 1, end: 2 + below(9) }] }),
      ...(media.length > 0 && { media }),
      ...(media.length > 0 && below(4) > 0 && { further }),
      fields: { group: below(3), title: `A "title"\nof ${row}` },
      provisional: below(3) === 0,
    };
    return { listing, next: row + count + media.length };
  }

  test("tells the same as before, and after the same changes", async () => {
    const before = new Directory();
    let row = 0;
    for (let round = 0; round < 12; round++) {
      const after = await reopened(before);
      // Before anything was asked of `after`.
      const changes = Array.from({ length: 30 }, () => below(4) > 0);
      for (const isPut of changes) {
        const { listing, next } = written(row);
        for (const directory of [before, after]) {
          if (isPut) directory.put({ ...listing, text: "" } as never);
          else directory.delete(listing.id);
        }
        row = next;
      }
      expect(told(after, row)).toEqual(told(before, row));
      expect(told(await reopened(after), row)).toEqual(told(before, row));
      const digests = new Set([...before.all()].flatMap(({ media = [] }) => media.map(({ digest }) => digest)));
      expect(told(before, 0).named).toEqual(Array.from({ length: 9 }, (_, at) => digests.has(`d${at}`)));
    }
  });

  test("of no entries is empty", async () => {
    expect(told(await reopened(new Directory()), 1)).toEqual(told(new Directory(), 1));
  });

  test("reads the fields of an entry that is asked for", async () => {
    const fields = { title: "owl", tags: ["a", "b"] };
    const before = Directory.fromListings([{ id: "a", passages: [], fields, provisional: true }]);
    const after = await reopened(before);
    expect(after.allowing(({ title }) => title === "owl")("a")).toBe(true);
    expect(after.get("a")).toEqual(before.get("a"));
    expect(after.get("b")).toBeUndefined();
  });
});
