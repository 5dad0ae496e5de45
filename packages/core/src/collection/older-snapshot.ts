import { sealedDirectory } from "./directory-lines.ts";
import {
  badSnapshot,
  type CollectionSnapshot,
  DIRECTORY,
  headerIn,
  SNAPSHOT,
  sumOf,
  viewOf,
} from "./snapshot-format.ts";

/** At the end of a file of version 2. */
const TRAILER_BYTES = 4;
const DIRECTORY_BYTES_AT = 8;

/**
 * Snapshots of version 2 and 3 have the directory after the head, as lines of JSON that are padded to 8 bytes, and then the index of
 * vectors. The head has the number of the directory's bytes, and in version 3 the checksum of head and directory. Version 2 has the
 * checksum of all bytes before at its end.
 */
export async function readOlderSnapshot(bytes: Uint8Array, version: 2 | 3): Promise<CollectionSnapshot> {
  const directoryEnd = SNAPSHOT.headBytes + viewOf(bytes).getUint32(DIRECTORY_BYTES_AT, true);
  const vectorsAt = Math.ceil(directoryEnd / 8) * 8;
  const end = version === 2 ? bytes.length - TRAILER_BYTES : bytes.length;
  if (end < vectorsAt) throw badSnapshot(`${bytes.length} bytes`, `at least ${vectorsAt}`);
  const expected = viewOf(bytes).getUint32(version === 2 ? end : SNAPSHOT.checksumAt, true);
  const head = bytes.subarray(0, SNAPSHOT.headBytes);
  if (sumOf(head, bytes.subarray(SNAPSHOT.headBytes, version === 2 ? end : vectorsAt)) !== expected)
    throw badSnapshot("a checksum that differs", "the one written");
  const sections = new Map<string, Uint8Array>([
    [DIRECTORY, await sealedDirectory(bytes.subarray(SNAPSHOT.headBytes, directoryEnd))],
    ["vectors", bytes.subarray(vectorsAt, end)],
  ]);
  return { ...headerIn(bytes), sections };
}
