/**
 * A key that stands twice in one object of a JSON text, or undefined. The parser keeps the last of them without a word, and a
 * proxy that reads the first would let a filter through that it meant to refuse. `keys` is how many the text has: where its value
 * has as many, none stands twice.
 */
export function repeatedKey(text: string, value: unknown, keys: number): string | undefined {
  return keysOf(value) === keys ? undefined : firstRepeated(text);
}

function keysOf(parsed: unknown): number {
  let keys = 0;
  const waiting: unknown[] = [parsed];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (Array.isArray(value)) {
      for (const member of value) if (typeof member === "object" && member !== null) waiting.push(member);
    } else if (typeof value === "object" && value !== null) {
      for (const key in value) {
        keys++;
        const member = (value as Record<string, unknown>)[key];
        if (typeof member === "object" && member !== null) waiting.push(member);
      }
    }
  }
  return keys;
}

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g;

/** The slow way, for texts that have one. */
function firstRepeated(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, colon] of text.matchAll(TOKENS)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length));
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
