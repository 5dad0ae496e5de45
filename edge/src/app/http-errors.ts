import { type ErrorCode, isPipitError, LimitError, PipitError } from "@pipit/core";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Refusal } from "./refusal.ts";

const STATUS: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  "bad-input": 400,
  "bad-vector": 409,
  "space-mismatch": 409,
  "fidelity-too-low": 422,
  "unknown-entry": 404,
  // No schema can describe it, as for vectors.
  "nothing-to-read": 409,
  "unknown-collection": 404,
  "bad-snapshot": 500,
  "bad-model": 500,
  "bad-media": 422,
  "model-unavailable": 503,
  "numbers-not-proven": 500,
  "storage-full": 507,
  "storage-blocked": 503,
  "storage-outdated": 500,
  "storage-failed": 500,
  "worker-died": 503,
  closed: 503,
  // nginx logs this status for a client that went away.
  aborted: 499 as ContentfulStatusCode,
  unsupported: 501,
  "not-allowed": 403,
  busy: 503,
  "remote-failed": 502,
};

export function errorResponse(c: Context, error: PipitError, status = statusOf(error)): Response {
  if (status === 503) c.header("Retry-After", "1");
  return c.json(errorBody(error, status), status);
}

/** The body of every failure. OpenAI's clients read `type` and `message`. */
export function errorBody(error: PipitError, status: number) {
  const { code, got, expected, stored, message } = redacted(error);
  const type = status < 500 ? "invalid_request_error" : "server_error";
  return { error: { code, type, message, got, expected, do: error.do, stored } };
}

// An absolute path up to its last part.
const FOLDERS = /(?<=^|[\s"'(])(?:[A-Za-z]:)?[\\/](?:[^\s"'\\/]+[\\/])+/g;

/** Some routes need no key, and their callers must not learn the location of the data. The log has the whole message. */
function redacted(error: PipitError): Pick<PipitError, "code" | "got" | "expected" | "stored" | "message"> {
  const { code, got, expected, stored, message } = error;
  if (!code.startsWith("storage-")) return error;
  const [shownGot, shownMessage] = [got, message].map((text) => text.replace(FOLDERS, "")) as [string, string];
  return { code, got: shownGot, expected: expected.replace(FOLDERS, ""), stored, message: shownMessage };
}

function statusOf(error: PipitError): ContentfulStatusCode {
  return error instanceof LimitError ? 422 : STATUS[error.code];
}

export function onError(error: Error, c: Context): Response {
  if (error instanceof Refusal) return refused(c, error);
  if (isPipitError(error)) {
    if (STATUS[error.code] === 500) console.error(`request ${c.get("requestId")}: ${error.message}`);
    return errorResponse(c, error);
  }
  // The message of an unforeseen error may contain paths or queries: it is logged, and not sent to the caller.
  console.error(`request ${c.get("requestId")}:`, error);
  const unforeseen = { got: "an unforeseen failure", expected: "an answer", do: "Try again; the server's log has it." };
  return c.json(
    { error: { code: "internal", type: "server_error", message: "unforeseen failure", ...unforeseen } },
    500,
  );
}

function refused(c: Context, refusal: Refusal): Response {
  for (const [name, value] of Object.entries(refusal.headers)) c.header(name, value);
  return errorResponse(c, refusal, refusal.status as ContentfulStatusCode);
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** For a union: the issues of each alternative. */
  readonly errors?: readonly (readonly Issue[])[] | undefined;
}

/** The answer to a request that does not fit its schema: 422 if values are only too large or too small, 400 otherwise. */
export function invalidRequest(c: Context, issues: readonly Issue[]): Response {
  const found = issues.flatMap(limitsIn);
  const shown = found.slice(0, 3).map(({ path, message }) => `${pathText(path)}: ${message}`);
  const error = badRequest(
    shown.join("; "),
    "what /openapi.json describes",
    "Correct the request; nothing of it was done.",
  );
  return errorResponse(c, error, found.every(isOfLimit) ? 422 : 400);
}

/** For a union: the issues of an alternative for which the value is only too large or too small, if one exists. */
function limitsIn(issue: Issue): readonly Issue[] {
  const alternative = issue.errors?.find((issues) => issues.every(isOfLimit));
  return alternative?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue];
}

function isOfLimit({ code }: Issue): boolean {
  return code === "too_big" || code === "too_small";
}

export function unknownRoute({ method, path }: { readonly method: string; readonly path: string }): Refusal {
  const facts = { expected: "a route of this server", do: "See /openapi.json for those there are." };
  return new Refusal(404, { got: `${method} ${path}`, ...facts });
}

export function badRequest(got: string, expected: string, advice: string): PipitError {
  return new PipitError("bad-input", { got, expected, do: advice });
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the request";
  return path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : `${i > 0 ? "." : ""}${String(part)}`))
    .join("");
}
