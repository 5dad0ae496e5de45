import type { MiddlewareHandler } from "hono";
import { badRequest } from "../http-errors.ts";
import { Refusal } from "../refusal.ts";
import { repeatedKey } from "./repeated-key.ts";

/** The pieces of a body and the number of its keys. A guard in this thread sets them as variables, one in another thread in `env`. */
interface Read {
  readonly Variables: { readonly body?: readonly Uint8Array[]; readonly keys?: number };
  readonly Bindings: { readonly body?: unknown; readonly keys?: unknown };
}

/**
 * Parses the body for the validators of the routes. Fails with a 400 for invalid UTF-8, invalid JSON, and objects that repeat a key.
 */
export const parsedBody: MiddlewareHandler<Read> = async (c, next) => {
  const { body, keys } = c.env ?? {};
  const pieces = c.get("body") ?? (body instanceof Uint8Array ? [body] : undefined);
  if (pieces) {
    const value = parsed(textOf(pieces), c.get("keys") ?? Number(keys));
    c.req.json = async () => value;
  }
  await next();
};

function parsed(text: string, keys: number): ReturnType<typeof JSON.parse> {
  const value = jsonOf(text);
  const key = repeatedKey(text, value, keys);
  if (key === undefined) return value;
  const advice = "Say each once: readers do not agree on which of two counts. Nothing of the request was done.";
  throw badRequest(
    `the key ${JSON.stringify(key.slice(0, 80))} twice in one object`,
    "each key of an object once",
    advice,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("malformed JSON", "well-formed JSON", "Correct the request; nothing of it was done.");
  }
}

function textOf(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    const text = pieces.map((piece) => decoder.decode(piece, { stream: true })).join("");
    return text + decoder.decode();
  } catch {
    throw new Refusal(400, {
      got: "bytes that are no UTF-8",
      expected: "a body in UTF-8",
      do: "Encode the text as UTF-8; nothing of the request was done.",
    });
  }
}
