import type { Context } from "hono";
import { notAllowed } from "../http/method-guard.ts";

const ALLOW = "GET, HEAD, OPTIONS";

/** Files are read and nothing else: the answer to OPTIONS, or a 405; undefined when the file is to be answered. */
export function unlessReading(c: Context): Response | undefined {
  if (c.req.method === "GET" || c.req.method === "HEAD") return undefined;
  if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers: { Allow: ALLOW } });
  throw notAllowed(c.req.method, ALLOW);
}
