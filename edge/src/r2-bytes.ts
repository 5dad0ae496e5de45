import { type ByteStore, PipitError } from "@pipit/core";
import type { R2Binding } from "./cloudflare-bindings.ts";

/** A ByteStore in an R2 bucket: index snapshots, so that a fresh isolate opens a collection without reading every row. */
export function createR2Bytes(bucket: R2Binding): ByteStore {
  return {
    whenFull: "refuses",
    getMany: (keys) => Promise.all(keys.map((key) => read(bucket, key))),
    async putMany(records) {
      for (const [key, bytes] of records) {
        await translated(() => bucket.put(encodeURIComponent(key), bytes.slice()));
      }
    },
    async deleteMany(keys) {
      await translated(() => bucket.delete(keys.map(encodeURIComponent)));
    },
    async close() {},
  };
}

async function read(bucket: R2Binding, key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const object = await translated(() => bucket.get(encodeURIComponent(key)));
  return object ? new Uint8Array(await object.arrayBuffer()) : undefined;
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new PipitError("storage-failed", {
      got: `"${cause instanceof Error ? cause.message : cause}" from R2`,
      expected: "the bucket to answer",
      do: "Try again; entries are kept elsewhere, only the opening of a collection gets slower.",
      cause,
    });
  }
}
