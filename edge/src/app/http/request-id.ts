import type { MiddlewareHandler } from "hono";

const SANE = /^[\w.:+/=@-]{1,128}$/;

/** The caller's request id if it is valid, else a new one. */
export function requestIdOf(given: unknown): string {
  return typeof given === "string" && SANE.test(given) ? given : crypto.randomUUID();
}

/** Gives each request an id, for its answer and the log. */
export const requestId: MiddlewareHandler = async (c, next) => {
  const id = requestIdOf(c.req.header("x-request-id"));
  c.set("requestId", id);
  await next();
  c.res.headers.set("X-Request-Id", id);
};
