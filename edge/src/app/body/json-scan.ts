import { HTTP_LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Counts the values of a JSON text while its bytes arrive, and refuses too many before objects are built: a few megabytes of
 * brackets would take a hundred times their size as objects. It does not check that the text is valid JSON; the parser does.
 */
export class JsonScan {
  /** The number of keys of all objects, if the text is valid JSON. */
  keys = 0;
  #inString = false;
  #escaped = false;
  #stringBytes = 0;
  #depth = 0;
  #values = 1;
  /** The number of commas so far in each open container, by depth. */
  readonly #commas = new Uint32Array(HTTP_LIMITS.jsonDepth + 1);

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) at = this.#inString ? this.#passString(bytes, at) : this.#passStructure(bytes, at);
  }

  /** Skips to the end of the string or of the bytes, and returns that position. */
  #passString(bytes: Uint8Array, from: number): number {
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) break;
    }
    this.#stringBytes += at - from;
    if (this.#stringBytes > HTTP_LIMITS.jsonStringBytes) throw tooLongString();
    if (at === bytes.length) return at;
    this.#inString = false;
    return at + 1;
  }

  #passStructure(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === COMMA) this.#countMember();
      else if (byte === COLON) this.keys++;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) this.#open();
      else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) this.#depth = Math.max(0, this.#depth - 1);
      else if (byte === QUOTE) {
        this.#inString = true;
        this.#stringBytes = 0;
        return at + 1;
      }
    }
    return bytes.length;
  }

  #open(): void {
    if (++this.#depth > HTTP_LIMITS.jsonDepth) throw tooDeep();
    this.#commas[this.#depth] = 0;
    this.#countValue();
  }

  #countMember(): void {
    const commas = (this.#commas[this.#depth] ?? 0) + 1;
    this.#commas[this.#depth] = commas;
    if (commas >= HTTP_LIMITS.jsonMembers) throw tooManyMembers();
    this.#countValue();
  }

  #countValue(): void {
    if (++this.#values > HTTP_LIMITS.jsonValues) throw tooManyValues();
  }
}

function tooLongString(): Refusal {
  return new Refusal(422, {
    got: `a string of more than ${HTTP_LIMITS.jsonStringBytes} bytes`,
    expected: "strings within the limits that /openapi.json names",
    do: "Cut the text into several entries; nothing of the request was done.",
  });
}

function tooDeep(): Refusal {
  return new Refusal(422, {
    got: `a body nested deeper than ${HTTP_LIMITS.jsonDepth}`,
    expected: `at most ${HTTP_LIMITS.jsonDepth} arrays and objects within one another`,
    do: "Send it with less nesting; nothing of the request was done.",
  });
}

function tooManyMembers(): Refusal {
  return new Refusal(422, {
    got: `an array or object of more than ${HTTP_LIMITS.jsonMembers} members`,
    expected: `at most ${HTTP_LIMITS.jsonMembers}`,
    do: "Send them in several calls; nothing of the request was done.",
  });
}

function tooManyValues(): Refusal {
  return new Refusal(422, {
    got: `a body of more than ${HTTP_LIMITS.jsonValues} values`,
    expected: `at most ${HTTP_LIMITS.jsonValues}`,
    do: "Send them in several calls; nothing of the request was done.",
  });
}
