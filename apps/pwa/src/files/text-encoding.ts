import { declaredEncoding } from "./declared-encoding.ts";

/** A file that calls itself text and is not. The message says why, for people. */
export class NotTextError extends Error {
  override readonly name = "NotTextError";
}

export type TextKind = "plain" | "html";

const HEAD_BYTES = 64 * 1024;
const CONTROL = /[^\P{Cc}\t\n\v\f\r]/u;

/**
 * Name of a file's encoding, for TextDecoder: by its byte order mark, by what HTML says of itself, by zeros where UTF-16 has them,
 * and else UTF-8, or windows-1252, the legacy of the web, when more of it is wrong as UTF-8 than right. That is decided over the
 * whole file, which is read once for it. Fails with `NotTextError` where the first bytes are no text.
 */
export async function textEncoding(file: Blob, kind: TextKind): Promise<string> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const certain = markedEncoding(head) ?? zerosEncoding(head);
  if (certain) return certain;
  const declared = kind === "html" ? declaredEncoding(new TextDecoder("latin1").decode(head)) : undefined;
  if (declared && declared !== "utf-8") return declared;
  return (await isUtf8(file)) ? "utf-8" : "windows-1252";
}

function markedEncoding(head: Uint8Array): string | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return undefined;
}

/** Text of any 8-bit encoding has no zeros; that of UTF-16 has them in one half of its units, for spaces and line ends at least. */
function zerosEncoding(head: Uint8Array): string | undefined {
  if (!head.includes(0)) return undefined;
  const whole = head.subarray(0, head.length & ~1);
  for (const encoding of ["utf-16le", "utf-16be"]) {
    const text = decoded(whole, encoding);
    if (text && /[ \r\n]/.test(text) && !CONTROL.test(text) && !/\p{Cn}|\p{Co}/u.test(text)) return encoding;
  }
  throw new NotTextError("binary content, though its name says text");
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    // Half a surrogate pair at the cut is no fault.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

async function isUtf8(file: Blob): Promise<boolean> {
  const decoder = new TextDecoder("utf-8");
  let right = 0;
  let wrong = 0;
  const count = (text: string) => {
    for (const [character] of text.matchAll(/[\u{80}-\u{10ffff}]/gu)) {
      if (character === "\ufffd") wrong += 1;
      else right += 1;
    }
  };
  const reader = file.stream().getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      count(decoder.decode(chunk.value, { stream: true }));
    }
    count(decoder.decode());
  } finally {
    await reader.cancel();
  }
  return wrong === 0 || right >= wrong;
}
