import { expect, test } from "vitest";
import { acceptedEncoding } from "./accepted-encoding.ts";

test.each([
  [undefined, "identity"],
  ["", "identity"],
  ["br, gzip", "br"],
  ["gzip, br", "br"],
  ["GZIP", "gzip"],
  ["x-gzip", "gzip"],
  ["br;q=0, gzip", "gzip"],
  ["br;q=0.2, gzip;q=0.9", "gzip"],
  ["br; Q=0.5, gzip;q=0.1", "br"],
  ["gzip;q=0, br;q=0", "identity"],
  ["identity", "identity"],
  ["identity, gzip;q=0.5", "identity"],
  ["*", "br"],
  ["*;q=0.1, identity", "identity"],
  ["br;q=0, *", "gzip"],
  ["*;q=0", undefined],
  ["identity;q=0", undefined],
  ["identity;q=0, gzip;q=0.001", "gzip"],
  ["gzip;q=0.001", "gzip"],
  ["*;q=0, identity;q=0.5", "identity"],
  ["zstd, deflate", "identity"],
  ["br;q=nonsense, gzip", "gzip"],
  ["brotli", "identity"],
] as const)("Accept-Encoding %j is answered with %s", (header, encoding) => {
  expect(acceptedEncoding(header, ["br", "gzip", "identity"])).toBe(encoding);
});

test("a file without encodings is refused to callers that refuse identity", () => {
  expect(acceptedEncoding("br", ["identity"])).toBe("identity");
  expect(acceptedEncoding("br, identity;q=0", ["identity"])).toBeUndefined();
  expect(acceptedEncoding("br, *;q=0", ["identity"])).toBeUndefined();
});
