import type { MiddlewareHandler } from "hono";

const SANE = /^[\w.:+/=@-]{1,128}$/;

/** Names each request, for its answer and the log: the caller's own name where it brought a sane one. */
export const requestId: MiddlewareHandler = async (c, next) => {
  const given = c.req.header("x-request-id") ?? "";
  const id = SANE.test(given) ? given : crypto.randomUUID();
  c.set("requestId", id);
  await next();
  c.res.headers.set("X-Request-Id", id);
};
