import type { MiddlewareHandler } from "hono";
import { Refusal } from "../refusal.ts";

/** The bytes of a body that was read: this thread's own guard puts them beside the request, another thread's into `env`. */
interface Read {
  readonly Variables: { readonly body?: readonly Uint8Array[] };
  readonly Bindings: { readonly body?: unknown };
}

/** Puts the text of the body where the validators of the routes look for it. Fails with a 400 for what is no UTF-8. */
export const bodyText: MiddlewareHandler<Read> = async (c, next) => {
  const { body } = c.env ?? {};
  const pieces = c.get("body") ?? (body instanceof Uint8Array ? [body] : []);
  Object.assign(c.req.bodyCache, { text: Promise.resolve(textOf(pieces)) });
  await next();
};

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
