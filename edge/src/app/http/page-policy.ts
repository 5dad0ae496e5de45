import type { MiddlewareHandler } from "hono";

/** A browser may show an answer of the API as a page; these headers allow such a page nothing. */
export const API_HEADERS = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
};

/** Sets these headers on answers without headers of their own. Files set more specific ones. */
export const apiHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.headers.has("Content-Security-Policy")) return;
  for (const [name, value] of Object.entries(API_HEADERS)) c.res.headers.set(name, value);
};
