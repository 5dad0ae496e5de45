import { below, seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { blobReader } from "./blob-reader.ts";

const CHUNK = 8 * 2 ** 20;
const bytes = new Uint8Array(2 * CHUNK + 1_000_003);
for (let at = 0; at < bytes.length; at += 997) bytes[at] = at % 251;

/** Notes what is asked of it; its next answers may fail. */
class CountingBlob extends Blob {
  asked = 0;
  most = 0;
  failing = 0;
  override slice(from: number, to: number): Blob {
    this.asked++;
    this.most = Math.max(this.most, to - from);
    if (this.failing-- > 0) return { arrayBuffer: () => Promise.reject(new Error("disk gone")) } as unknown as Blob;
    return super.slice(from, to);
  }
}

async function readAll(blob: Blob, piece: number): Promise<Uint8Array> {
  const all = new Uint8Array(blob.size);
  const reader = blobReader(blob);
  for (let at = 0; at < all.length; at += piece) await reader.read(at, all.subarray(at, at + piece));
  return all;
}

test.each([300_001, CHUNK, 3 * CHUNK])("pieces of %i bytes are read as they are, chunk by chunk", async (piece) => {
  const blob = new CountingBlob([bytes]);
  expect(Buffer.compare(await readAll(blob, piece), bytes)).toBe(0);
  expect(blob.asked).toBe(3);
});

test("what is read here and there is what lies there", async () => {
  const reader = blobReader(new Blob([bytes]));
  const random = seeded(5);
  for (let i = 0; i < 60; i++) {
    const at = below(random, bytes.length);
    const target = new Uint8Array(Math.min(bytes.length - at, below(random, i % 2 === 0 ? 100 : 600_000)));
    await reader.read(at, target);
    expect(Buffer.compare(target, bytes.subarray(at, at + target.length))).toBe(0);
  }
});

test("a few bytes are asked for alone", async () => {
  const blob = new CountingBlob([bytes]);
  await blobReader(blob).read(CHUNK - 20, new Uint8Array(64));
  expect(blob.most).toBe(64);
});

test("a read that fails is heard, and the next try succeeds", async () => {
  const blob = new CountingBlob([bytes]);
  blob.failing = 2;
  const reader = blobReader(blob);
  const target = new Uint8Array(CHUNK);
  await expect(reader.read(0, target)).rejects.toThrow("disk gone");
  await reader.read(0, target);
  expect(Buffer.compare(target, bytes.subarray(0, CHUNK))).toBe(0);
});
