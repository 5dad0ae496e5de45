import { checksumOfPieces } from "../checksum.ts";
import { joinedBytes } from "../joined-bytes.ts";
import { Slices } from "../let-others-run.ts";
import type { Listing } from "./listing.ts";
import { badSnapshot, viewOf } from "./snapshot-format.ts";

/** The directory's section of older snapshots: u32 checksum of all lines | lines of JSON, each an array of listings. */
const SUM_BYTES = 4;
const NEW_LINE = 10;

/** Fails with `bad-snapshot` if a line is torn. */
export async function readDirectoryLines(section: Uint8Array): Promise<Listing[]> {
  if (section.length < SUM_BYTES) throw badSnapshot(`a directory of ${section.length} bytes`, `at least ${SUM_BYTES}`);
  const lines = section.subarray(SUM_BYTES);
  const slices = new Slices();
  if (viewOf(await sumOfLines([lines])).getUint32(0, true) !== viewOf(section).getUint32(0, true))
    throw badSnapshot("a directory with another checksum", "the one written");
  const decoder = new TextDecoder();
  const listings: Listing[] = [];
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf(NEW_LINE, at);
    for (const listing of JSON.parse(decoder.decode(lines.subarray(at, end)))) listings.push(listing);
    at = end + 1;
    await slices.pause();
  }
  return listings;
}

/** A section of lines that were written without their checksum. */
export async function sealedDirectory(lines: Uint8Array): Promise<Uint8Array> {
  return joinedBytes([await sumOfLines([lines]), lines], SUM_BYTES + lines.length);
}

async function sumOfLines(lines: readonly Uint8Array[]): Promise<Uint8Array> {
  const bytes = new Uint8Array(SUM_BYTES);
  viewOf(bytes).setUint32(0, await checksumOfPieces(lines), true);
  return bytes;
}
