import { describe, expect, test } from "vitest";
import { JsonScan } from "./json-scan.ts";
import { repeatedKey } from "./repeated-key.ts";

/** Checks the text like a body: the keys are counted in its bytes. */
function keyOf(text: string): string | undefined {
  const scan = new JsonScan();
  scan.push(new TextEncoder().encode(text));
  return repeatedKey(text, JSON.parse(text), scan.keys);
}

describe("a key that occurs twice in one object", () => {
  test.each([
    ['{"a":1,"a":2}', "a"],
    ['{"a":{"b":1,"c":2,"b":3}}', "b"],
    ['[{"x":1},{"x":1,"y":[{"x":1}],"x":2}]', "x"],
    ['{"a":1,"\\u0061":2}', "a"],
    ['{"\\"":1,"\\"":2}', '"'],
    ['{"\\\\":1 , "\\\\"\n:\t2}', "\\"],
    ['{"":0,"":0}', ""],
    ['{"__proto__":1,"__proto__":2}', "__proto__"],
    ['{"1":1,"0":2,"1":3}', "1"],
    ['{"filter":{"a":1},"text":":","filter":{}}', "filter"],
  ])("%s is named", (text, key) => {
    expect(keyOf(text)).toBe(key);
  });

  test.each([
    "{}",
    "[]",
    '"a"',
    "null",
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}',
    '{"a":"\\"a\\":","b":"\\\\"}',
    '{"a":["a:","b\\":","\\\\\\":"],"__proto__":{"a":1}}',
    '{"constructor":1,"toString":2,"A":3,"a":4}',
    '["a" , "b"\n, "鳥:"]',
  ])("%s has none", (text) => {
    expect(keyOf(text)).toBeUndefined();
  });
});
