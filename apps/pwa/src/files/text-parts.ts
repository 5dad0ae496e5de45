/** No part is longer, and none but the last is shorter than half of it: the number of parts is bounded by the file's size. */
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
  if (rest.trim() !== "") yield rest;
}

/** At most this many parts come of so many bytes. */
export function mostParts(bytes: number): number {
  return Math.ceil(bytes / (PART_CHARACTERS / 2)) + 1;
}

const BREAKS = ["\n\n", "\n", ". ", " "];

function cutPlace(text: string): number {
  const least = PART_CHARACTERS / 2;
  for (const mark of BREAKS) {
    const at = text.lastIndexOf(mark, PART_CHARACTERS - mark.length);
    if (at + mark.length > least) return at + mark.length;
  }
  return wholeCharacter(text, PART_CHARACTERS);
}

// A cut between the two halves of a surrogate pair would make two broken characters of one.
function wholeCharacter(text: string, at: number): number {
  const before = text.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff ? at - 1 : at;
}
