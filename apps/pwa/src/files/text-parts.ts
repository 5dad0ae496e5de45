import { characterEnd, holdsText } from "@pipit/core";

/** Length limit of a part. All but the last have at least half of it, so that the file's size bounds the number of parts. */
export const PART_CHARACTERS = 8_000;

/** Cuts a stream of text into parts, each at the best place near its end: an empty line, a line, a sentence, a word. */
export async function* textParts(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    rest += chunk;
    while (rest.length > PART_CHARACTERS) {
      const cut = cutPlace(rest);
      yield rest.slice(0, cut);
      rest = rest.slice(cut);
    }
  }
  if (holdsText(rest)) yield rest;
}

/** The largest possible number of parts of a file of `bytes` bytes. */
export function mostParts(bytes: number): number {
  return Math.ceil(bytes / (PART_CHARACTERS / 2)) + 1;
}

const BREAKS = [
  /(?:(?:\r\n|[\n\r\v\x85\u2028])[^\S\n\r\v\f\u2028\u2029]*){2,}|[\f\u2029]\s*/g,
  /\r\n|[\n\r\v\x85\u2028]/g,
  /[.!?…]["')\]»”’]*\s+|[。！？]/g,
  /\s+/g,
];

function cutPlace(text: string): number {
  const least = PART_CHARACTERS / 2;
  const late = text.slice(least, PART_CHARACTERS);
  for (const pattern of BREAKS) {
    const last = [...late.matchAll(pattern)].at(-1);
    // CR and LF of one line end stay together.
    if (last) return characterEnd(text, 0, least + last.index + last[0].length);
  }
  return characterEnd(text, 0, PART_CHARACTERS);
}
