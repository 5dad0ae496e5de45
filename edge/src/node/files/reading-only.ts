import type { Context } from "hono";
import { notAllowed } from "../../app/http/method-guard.ts";

const ALLOW = "GET, HEAD, OPTIONS";

/** Files can only be read. Returns the answer to OPTIONS, or a 405 for other methods; undefined for GET and HEAD. */
export function unlessReading(c: Context): Response | undefined {
  if (c.req.method === "GET" || c.req.method === "HEAD") return undefined;
  if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers: { Allow: ALLOW } });
  throw notAllowed(c.req.method, ALLOW);
}
