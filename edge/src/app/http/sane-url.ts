import type { MiddlewareHandler } from "hono";
import { HTTP_LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";

/** Refuses a URL that is too long or has escapes that are not UTF-8: no route or file has such a name. */
export const saneUrl: MiddlewareHandler = async (c, next) => {
  const { pathname, search } = new URL(c.req.url);
  if (pathname.length + search.length > HTTP_LIMITS.urlCharacters) throw tooLong();
  if (!isDecodable(pathname)) throw malformed(pathname);
  await next();
};

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function tooLong(): Refusal {
  return new Refusal(414, {
    got: `a URL of more than ${HTTP_LIMITS.urlCharacters} characters`,
    expected: "a shorter one",
    do: "Send what is long in the body.",
  });
}

function malformed(path: string): Refusal {
  return new Refusal(400, {
    got: `the path ${path.slice(0, 80)}`,
    expected: "percent-escapes that are UTF-8",
    do: "Encode each part of the path with encodeURIComponent.",
  });
}
