/**
 * A key that occurs twice in one object of a JSON text, or undefined. The parser silently keeps the last one; a proxy that reads the
 * first would pass a filter that it should refuse. `keys` is the number of keys in the text: if the value has the same number, no key
 * is repeated.
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

/** Finds the key by parsing; slow, and used only for texts with a repeated key. */
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
