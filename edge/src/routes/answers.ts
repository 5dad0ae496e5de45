import type { ZodType } from "zod";
import { errorBody } from "../schemas.ts";

export function json(schema: ZodType, description: string) {
  return { content: { "application/json": { schema } }, description };
}

/** The failures that a route documents beside its answer. */
export function failures(...statuses: (400 | 404 | 409 | 413 | 415 | 422 | 503 | 507)[]) {
  return Object.fromEntries(statuses.map((status) => [status, json(errorBody, MEANING[status])]));
}

const MEANING = {
  400: "The request does not fit its schema.",
  404: "No such collection or entry.",
  409: "The vector is of another space.",
  413: "The body is too large.",
  415: "The body is not JSON.",
  422: "Well-formed, but beyond a limit.",
  503: "No model is ready yet; try again.",
  507: "The disk is full; `stored` says how many entries of the call are stored.",
} as const;
