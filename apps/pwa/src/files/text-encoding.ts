import { declaredEncoding } from "./declared-encoding.ts";

/** A file with the name of a text file that is not text. The message states the reason for visitors. */
export class NotTextError extends Error {
  override readonly name = "NotTextError";
}

export type TextKind = "plain" | "html";

const HEAD_BYTES = 64 * 1024;
const CONTROL = /[^\P{Cc}\t\n\v\f\r]/u;

export interface TextEncoding {
  /** A name that TextDecoder accepts. */
  readonly name: string;
  /** True if the file declares no encoding and is not UTF-8: another encoding may be right. */
  readonly isGuessed: boolean;
}

/**
 * The encoding of a file. It is taken from the byte order mark, from a declaration in HTML, or from the zero
 * bytes of UTF-16. Otherwise it is UTF-8, or windows-1252 if more of the file's non-ASCII bytes are invalid UTF-8 than valid; the
 * whole file is read for that. Fails with `NotTextError` if the first bytes are not text.
 */
export async function textEncoding(file: Blob, kind: TextKind): Promise<TextEncoding> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const certain = markedEncoding(head) ?? zerosEncoding(head);
  if (certain) return { name: certain, isGuessed: false };
  const declared = kind === "html" ? declaredEncoding(new TextDecoder("latin1").decode(head)) : undefined;
  if (declared && declared !== "utf-8") return { name: declared, isGuessed: false };
  return (await isUtf8(file)) ? { name: "utf-8", isGuessed: false } : { name: "windows-1252", isGuessed: true };
}

function markedEncoding(head: Uint8Array): string | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return undefined;
}

/** Text in an 8-bit encoding has no zero bytes. In UTF-16, at least spaces and line ends have one. */
function zerosEncoding(head: Uint8Array): string | undefined {
  if (!head.includes(0)) return undefined;
  const sides = [
    ["utf-16le", 1],
    ["utf-16be", 0],
  ] as const;
  for (const [encoding, side] of sides) {
    const text = hasZerosOfUtf16(head, side) && decoded(head, encoding);
    if (text && /[ \r\n]/.test(text) && !CONTROL.test(text) && !/\p{Cn}|\p{Co}/u.test(text)) return encoding;
  }
  throw new NotTextError("binary content, though its name says text");
}

/** `side` is the position in each unit at which the zeros of Latin letters, spaces and line ends are. */
function hasZerosOfUtf16(head: Uint8Array, side: 0 | 1): boolean {
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2]! += 1;
  const [often, seldom] = [zeros[side]!, zeros[1 - side]!];
  const units = head.length / 2;
  if (often >= units / 4) return seldom <= often / 10;
  // Other scripts have fewer zeros. Their bytes are not 8-bit text, while nearly any 8-bit text is valid UTF-16.
  return often >= units / 100 && !isEightBitText(head);
}

function isEightBitText(bytes: Uint8Array): boolean {
  const text = decoded(bytes, "utf-8");
  return text !== undefined && !CONTROL.test(text.replaceAll("\0", ""));
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    // The cut may split a surrogate pair, which is not an error.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

/** A file may contain U+FFFD itself, because another program put it in place of an invalid byte. */
async function isUtf8(file: Blob): Promise<boolean> {
  const decoder = new TextDecoder("utf-8");
  let right = 0;
  let wrong = 0;
  let replacements = 0;
  const count = (text: string) => {
    for (const [character] of text.matchAll(/[\u{80}-\u{10ffff}]/gu)) {
      if (character === "\ufffd") wrong += 1;
      else right += 1;
    }
  };
  const reader = file.stream().getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    count(decoder.decode(chunk.value, { stream: true }));
    replacements += countReplacements(chunk.value);
  }
  count(decoder.decode());
  return right + replacements >= wrong - replacements;
}

/** Counts the occurrences of the bytes of U+FFFD. An occurrence that is split between two pieces is not counted. */
function countReplacements(bytes: Uint8Array): number {
  let found = 0;
  for (let at = bytes.indexOf(0xef); at >= 0; at = bytes.indexOf(0xef, at + 1)) {
    if (bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) found += 1;
  }
  return found;
}
