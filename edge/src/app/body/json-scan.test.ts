import { describe, expect, test } from "vitest";
import { HTTP_LIMITS } from "../limits.ts";
import { JsonScan } from "./json-scan.ts";

const encoder = new TextEncoder();

/** The status of the refusal of the text, or undefined; the text is read in pieces of `size` bytes. */
function statusOf(text: string, size = 65_536): number | undefined {
  const bytes = encoder.encode(text);
  const scan = new JsonScan();
  try {
    for (let at = 0; at < bytes.length; at += size) scan.push(bytes.subarray(at, at + size));
    return undefined;
  } catch (error) {
    return (error as { status: number }).status;
  }
}

const list = (count: number, member = "0") => `[${new Array(count).fill(member).join(",")}]`;
const nestedObjects = (depth: number) => `${'{"a":'.repeat(depth)}0${"}".repeat(depth)}`;
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

describe("a JSON text is refused while it is read", () => {
  test.each([
    ["deeper than the limit", nested(HTTP_LIMITS.jsonDepth + 1), nested(HTTP_LIMITS.jsonDepth), 422],
    [
      "objects deeper than the limit",
      nestedObjects(HTTP_LIMITS.jsonDepth + 1),
      nestedObjects(HTTP_LIMITS.jsonDepth),
      422,
    ],
    ["an array of too many members", list(HTTP_LIMITS.jsonMembers + 1), list(HTTP_LIMITS.jsonMembers), 422],
    ["too many members in all", list(26, list(9_999)), list(24, list(9_999)), 422],
    ["too many empty arrays in all", list(9_999, list(26, "[]")), list(5_000, list(20, "[]")), 422],
    [
      "too long a string",
      `"${"x".repeat(HTTP_LIMITS.jsonStringBytes + 1)}"`,
      `"${"x".repeat(HTTP_LIMITS.jsonStringBytes)}"`,
      422,
    ],
  ])("%s", (_, beyond, within, status) => {
    expect(statusOf(beyond)).toBe(status);
    expect(statusOf(within)).toBeUndefined();
  });

  test("and not for brackets or commas inside strings", () => {
    expect(statusOf(JSON.stringify('[{,"\\'.repeat(20_000)))).toBeUndefined();
  });

  test("and no sooner for many strings and objects beside one another, however long together", () => {
    const long = `"${"x".repeat(HTTP_LIMITS.jsonStringBytes / 2)}"`;
    expect(statusOf(list(4, long))).toBeUndefined();
    expect(statusOf(list(HTTP_LIMITS.jsonDepth + 1, "{}"))).toBeUndefined();
  });

  test("wherever its bytes are cut", () => {
    const text = JSON.stringify({ a: '\\"[[[[', b: [1, "x,y", { c: "\\" }] });
    for (let size = 1; size < 9; size++) expect(statusOf(text, size)).toBeUndefined();
    for (const size of [1, 2, 3]) expect(statusOf(nested(HTTP_LIMITS.jsonDepth + 1), size)).toBe(422);
  });

  test("closed more often than opened, it does not gain depth for later", () => {
    expect(statusOf(`${"]".repeat(1000)}${nested(HTTP_LIMITS.jsonDepth + 1)}`)).toBe(422);
  });
});
