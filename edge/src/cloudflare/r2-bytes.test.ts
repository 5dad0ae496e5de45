import { beforeEach, expect, test } from "vitest";
import type { R2Binding } from "./cloudflare-bindings.ts";
import { createR2Bytes } from "./r2-bytes.ts";

/** A bucket that records its calls, and fails with `failure`. */
class Bucket implements R2Binding {
  readonly asked: string[] = [];
  failure: Error | undefined;

  async get(key: string) {
    return this.#note(`get ${key}`);
  }

  async put(key: string) {
    return this.#note(`put ${key}`);
  }

  async delete(keys: string[]) {
    this.#note(`delete ${keys}`);
  }

  #note(call: string): null {
    this.asked.push(call);
    if (this.failure) throw this.failure;
    return null;
  }
}

let bucket: Bucket;
beforeEach(() => {
  bucket = new Bucket();
});

const calls = [
  ["getMany", () => createR2Bytes(bucket).getMany(["a"])],
  ["putMany", () => createR2Bytes(bucket).putMany([["a", Uint8Array.of(1)]])],
  ["deleteMany", () => createR2Bytes(bucket).deleteMany(["a"])],
] as const;

test.each(calls)("%s to a bucket that fails is a failure of the storage, with its reason", async (_, call) => {
  bucket.failure = new Error("get: We encountered an internal error. Please try again. (10001)");
  await expect(call()).rejects.toMatchObject({
    code: "storage-failed",
    got: expect.stringContaining("internal error"),
    cause: bucket.failure,
  });
});

test("names of objects hold any key, the empty one too", async () => {
  await createR2Bytes(bucket).putMany([
    ["", Uint8Array.of(1)],
    ["a/b ü", Uint8Array.of(1)],
  ]);
  expect(bucket.asked).toEqual(["put k.", "put k.a%2Fb%20%C3%BC"]);
});

test("a bucket is not asked to delete nothing, which R2 refuses", async () => {
  await createR2Bytes(bucket).deleteMany([]);
  expect(bucket.asked).toEqual([]);
});
