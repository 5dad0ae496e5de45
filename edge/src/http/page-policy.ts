import type { MiddlewareHandler } from "hono";

/** What an answer of the API allows should a browser show it as a page: nothing. */
const API_HEADERS = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
};

/** Headers of answers that bring none of their own: a file says better what it allows. */
export const apiHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.headers.has("Content-Security-Policy")) return;
  for (const [name, value] of Object.entries(API_HEADERS)) c.res.headers.set(name, value);
};
