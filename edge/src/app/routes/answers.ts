import type { ZodType } from "zod";
import { errorBody } from "../schemas.ts";

export function json(schema: ZodType, description: string) {
  return { content: { "application/json": { schema } }, description };
}

type Failure = keyof typeof MEANING;

/** The failures that a route documents, with those of the guards. */
export function failures(...statuses: Failure[]) {
  return described([...BY_GUARDS, ...statuses]);
}

/** The same for a route that reads a body. */
export function bodyFailures(...statuses: Failure[]) {
  return described([...BY_GUARDS, ...BY_BODY, ...statuses]);
}

function described(statuses: readonly Failure[]) {
  return Object.fromEntries(statuses.map((status) => [status, json(errorBody, MEANING[status])]));
}

const MEANING = {
  400: "The request does not fit its schema, or is malformed.",
  401: "The key is missing or wrong.",
  403: "The page's origin may not ask, or the server has no key and needs one.",
  404: "No such collection, entry or model.",
  408: "The body did not come in time.",
  409: "The vector is none of the collection's space, or a new text holds nothing to read.",
  413: "The body is too large.",
  414: "The URL is too long.",
  415: "The body is not plain JSON in UTF-8.",
  421: "The host is not a name of this server.",
  422: "Well-formed, but beyond a limit.",
  503: "No model is ready yet, or the server is busy; try again.",
  507: "The disk is full; `stored` says how many entries of the call are stored.",
} as const;

const BY_GUARDS = [400, 401, 403, 414, 421] as const;
const BY_BODY = [408, 413, 415, 422, 503] as const;
