import { expect, test } from "vitest";
import { encodingOf, NotTextError, textStream } from "./text-stream.ts";

const bytes = (...values: number[]) => new Uint8Array(values);

async function textOf(content: Uint8Array<ArrayBuffer>): Promise<string> {
  let text = "";
  for await (const chunk of textStream(new Blob([content]))) text += chunk;
  return text;
}

test("UTF-8 is read, its byte order mark is not", async () => {
  expect(await textOf(bytes(0xef, 0xbb, 0xbf, 0xc3, 0xa9))).toBe("é");
});

test("UTF-16 is known by its mark", async () => {
  expect(await textOf(bytes(0xff, 0xfe, 0xe9, 0))).toBe("é");
  expect(await textOf(bytes(0xfe, 0xff, 0, 0xe9))).toBe("é");
});

test("what is no UTF-8 is taken for windows-1252", async () => {
  expect(await textOf(bytes(0x63, 0x61, 0x66, 0xe9))).toBe("café");
});

test("a head that ends inside a character is still UTF-8", () => {
  expect(encodingOf(bytes(0x61, 0xc3), 100_000)).toBe("utf-8");
});

test("binary content under the name of a text is refused", async () => {
  await expect(textOf(bytes(0x50, 0x4b, 0, 0))).rejects.toThrow(NotTextError);
});

test("a text of several chunks comes back whole", async () => {
  const long = "ü".repeat(200_000);
  expect(await textOf(new TextEncoder().encode(long))).toBe(long);
});
