import type { Context, MiddlewareHandler } from "hono";
import { HTTP_LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import type { BodyBudget } from "./body-budget.ts";
import { JsonScan } from "./json-scan.ts";
import { bodyPieces } from "./read-body.ts";

const WITH_BODY = new Set(["POST", "PUT", "PATCH"]);
const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i;

/**
 * Reads the JSON bodies of all routes; no other code reads a body. Size, depth and counts are checked while the bytes arrive, so that
 * parser and schema get bounded input. Later handlers find the pieces as `body` and the number of keys as `keys`.
 */
export function jsonBody(budget: BodyBudget, idleMs: number = HTTP_LIMITS.bodyIdleMs): MiddlewareHandler {
  return async (c, next) => {
    if (!WITH_BODY.has(c.req.method)) return next();
    assertPlainJson(c);
    const place = budget.open();
    const pieces: Uint8Array[] = [];
    const scan = new JsonScan();
    try {
      for await (const piece of bodyPieces(c.req.raw, idleMs, place.signal)) {
        place.take(piece.byteLength);
        scan.push(piece);
        pieces.push(piece);
      }
      place.arrived();
      c.set("body", pieces);
      c.set("keys", scan.keys);
      await next();
    } finally {
      place.giveBack();
    }
  };
}

function assertPlainJson(c: Context): void {
  const type = c.req.header("content-type");
  if (!JSON_TYPE.test(type?.trim() ?? "")) throw unsupported(`the content type ${type ?? "(none)"}`);
  // The platform decodes chunks, and no compression.
  const transfer = c.req.header("transfer-encoding")?.trim().toLowerCase() ?? "chunked";
  if (transfer !== "chunked") throw unsupported(`a body transferred as ${transfer}`);
  const encoding = c.req.header("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity") throw unsupported(`a body encoded as ${encoding}`);
}

function unsupported(got: string): Refusal {
  return new Refusal(415, {
    got,
    expected: "application/json in UTF-8, not compressed",
    do: "Send the header `Content-Type: application/json` and the plain text of the JSON.",
    headers: { "Accept-Encoding": "identity" },
  });
}
