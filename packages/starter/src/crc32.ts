/** For each position of a byte in a group of eight, and each byte value, its contribution to the sum. */
const TABLES = new Uint32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  TABLES[byte] = rest;
}
for (let i = 256; i < TABLES.length; i++) TABLES[i] = (TABLES[i - 256]! >>> 8) ^ TABLES[TABLES[i - 256]! & 255]!;

/** CRC-32 as in zip and PNG: any single flipped bit changes it. Takes eight bytes at a time; single bytes would depend on each other. */
export function crc32(bytes: Uint8Array): number {
  const whole = bytes.length - (bytes.length % 8);
  let sum = 0xffffffff;
  for (let i = 0; i < whole; i += 8) sum = withEight(sum, bytes, i);
  for (let i = whole; i < bytes.length; i++) sum = TABLES[(sum ^ bytes[i]!) & 255]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

function withEight(sum: number, bytes: Uint8Array, at: number): number {
  return (
    TABLES[1792 + ((sum ^ bytes[at]!) & 255)]! ^
    TABLES[1536 + (((sum >>> 8) ^ bytes[at + 1]!) & 255)]! ^
    TABLES[1280 + (((sum >>> 16) ^ bytes[at + 2]!) & 255)]! ^
    TABLES[1024 + ((sum >>> 24) ^ bytes[at + 3]!)]! ^
    TABLES[768 + bytes[at + 4]!]! ^
    TABLES[512 + bytes[at + 5]!]! ^
    TABLES[256 + bytes[at + 6]!]! ^
    TABLES[bytes[at + 7]!]!
  );
}
