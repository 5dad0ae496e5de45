import { describe, expect, test, vi } from "vitest";
import { NotTextError, type TextKind } from "./text-encoding.ts";
import { textStream } from "./text-stream.ts";

const bytes = (...values: number[]) => new Uint8Array(values);
const utf8 = (text: string) => new TextEncoder().encode(text);
const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

function utf16(text: string, bigEndian: boolean): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), !bigEndian);
  return new Uint8Array(view.buffer);
}

async function textOf(parts: readonly Uint8Array<ArrayBuffer>[], kind: TextKind = "plain"): Promise<string> {
  let text = "";
  for await (const chunk of textStream(new Blob([...parts]), kind)) text += chunk;
  return text;
}

test("a file is released by a reader that stops before its end", async () => {
  const file = new Blob([bytes(0xef, 0xbb, 0xbf)]);
  const cancel = vi.fn();
  file.stream = () => new ReadableStream({ pull: (controller) => controller.enqueue(utf8("a bird ")), cancel });
  for await (const chunk of textStream(file, "plain")) if (chunk) break;
  expect(cancel).toHaveBeenCalledOnce();
});

describe("a file's encoding", () => {
  test("is UTF-8, and its byte order mark is no text", async () => {
    expect(await textOf([bytes(0xef, 0xbb, 0xbf, 0xc3, 0xa9)])).toBe("é");
  });

  test.each([
    ["little", false, bytes(0xff, 0xfe)],
    ["big", true, bytes(0xfe, 0xff)],
  ])("is UTF-16 with the %s end first, by its mark and without one", async (_, bigEndian, mark) => {
    for (const text of [
      "The wren sings.\n",
      "Поёт жаворонок",
      "鳥 が 歌う 🐦 ",
      "さえずりのこえ\n",
      "Ādams heard the wren.",
    ]) {
      expect(await textOf([mark, utf16(text, bigEndian)])).toBe(text);
      expect(await textOf([utf16(text, bigEndian)])).toBe(text);
    }
  });

  test.each([
    ["little", false, bytes(0xff, 0xfe)],
    ["big", true, bytes(0xfe, 0xff)],
  ])("is UTF-16 with the %s end first by its mark alone, in a text without a zero byte", async (_, bigEndian, mark) => {
    expect(await textOf([mark, utf16("草地上的百灵鸟", bigEndian)])).toBe("草地上的百灵鸟");
  });

  test.each(["ï»x", "ïx¿", "x»¿", "ÿx", "xþ", "þx", "xÿ"])("is not taken from a part of a mark: %s", async (start) => {
    expect(await textOf([latin(`${start} über`)])).toBe(`${start} über`);
  });

  test("is windows-1252 where it is not UTF-8", async () => {
    expect(await textOf([latin("caf\xe9 \x80")])).toBe("café €");
    expect(await textOf([latin("caf\xe9")])).toBe("café");
  });

  test("is decided over the whole file", async () => {
    const head = utf8("A plain line of text.\n".repeat(10_000));
    expect((await textOf([head, latin("Schlu\xdf \xfcber")])).slice(-11)).toBe("Schluß über");
  });

  test("stays UTF-8 where single bytes are wrong: each spoils one character", async () => {
    const text = [utf8("Löffelente, Größe"), bytes(0xff), utf8(" Mönchsgrasmücke "), bytes(0xc3)];
    expect(await textOf(text)).toBe("Löffelente, Größe\ufffd Mönchsgrasmücke \ufffd");
  });

  test("is UTF-8 where another program left replacement characters", async () => {
    const text = "The caf\ufffd opens at nine, na\ufffdve.";
    expect(await textOf([utf8(text)])).toBe(text);
    expect(await textOf([utf8("\ufffd"), latin("caf\xe9 \xfcber")])).toBe("ï¿½café über");
  });

  test("is UTF-16 also where the bytes that are looked at end within a character", async () => {
    const text = `${"a".repeat(32_766)}\n🐦`;
    expect(await textOf([utf16(text, false)])).toBe(text);
  });

  test("a text of several chunks comes back whole", async () => {
    const long = "ü".repeat(200_000);
    expect(await textOf([utf8(long)])).toBe(long);
  });

  test.each([
    ["a ZIP file", bytes(0x50, 0x4b, 3, 4, 20, 0, 8, 0, 8, 0, 0x21, 0x5a)],
    ["a PNG picture", bytes(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52)],
    ["a text with a zero byte in it", utf8("Herons \0all stand still in mud")],
    ["a text with a zero byte before a letter", utf8("Herons\0 all stand still in mud")],
    ["a text with accents and some zero bytes", utf8("Löffelente\0Größe\0Mönchsgrasmücke\0")],
    ["a long text of western letters with a zero byte", latin(`${"\xfcber den Fluss, ".repeat(99)}\0`)],
    ["zero bytes on both sides", bytes(0x41, 0, 0, 0x20, 0x20, 0, 0, 0x41)],
    ["units that are no characters", bytes(0x20, 0, 0x78, 3)],
    ["noise", Uint8Array.from({ length: 2_000 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) & 0xff)],
  ])("of %s under the name of a text file is refused", async (_, content) => {
    await expect(textOf([content])).rejects.toThrow(NotTextError);
  });
});

describe("HTML says its encoding", () => {
  const lark = bytes(0xc6, 0xe0, 0xe2, 0xee, 0xf0, 0xee, 0xed, 0xee, 0xea);

  test.each([
    "<meta charset=windows-1251>",
    "<META CHARSET='Windows-1251' />",
    '<title a=">">x</title><meta name="a>b" content="c"><meta charset="cp1251">',
    '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
    '<meta content="text/html;charset=windows-1251" http-equiv=content-type>',
    '<!-- <meta charset="koi8-r"> --><meta charset=windows-1251>',
    '<meta charset="nonsense"><meta charset=windows-1251>',
    "<body onload=x><div><meta charset=windows-1251>",
    "<title>how to use <body></title><meta charset=windows-1251>",
    "<script>'<meta charset=koi8-r>'</script><meta charset=windows-1251>",
    "<!--><meta charset=windows-1251>",
    "<!-- x --!><meta charset=windows-1251>",
    "<meta charset=windows-1251 charset=koi8-r>",
    '<meta charset=" windows-1251 ">',
    '<meta name="description" content="what charset=koi8-r means"><meta charset=windows-1251>',
    '<?xml version="1.0" encoding="windows-1251"?><html>',
    '<?xml version="1.0" encoding="koi8-r"?><meta charset=windows-1251>',
  ])("%s", async (head) => {
    expect((await textOf([utf8(head), lark], "html")).endsWith("Жаворонок")).toBe(true);
  });

  test.each(["", "<meta charset=utf-8>", "<meta charset=utf-16>", "<meta charset=x-user-defined>"])(
    "and if its declaration is missing or wrong, its bytes decide: %j",
    async (head) => {
      expect((await textOf([utf8(`${head}Жаворонок`)], "html")).endsWith("Жаворонок")).toBe(true);
      expect((await textOf([utf8(head), latin("\xfcber")], "html")).endsWith("über")).toBe(true);
    },
  );

  test("a plain text that mentions an encoding does not declare it", async () => {
    expect(await textOf([utf8("<meta charset=windows-1251> Größe")])).toBe("<meta charset=windows-1251> Größe");
  });

  test("a byte order mark takes precedence over its declaration", async () => {
    expect(await textOf([bytes(0xef, 0xbb, 0xbf), utf8("<meta charset=windows-1251>é")], "html")).toContain("é");
  });
});
