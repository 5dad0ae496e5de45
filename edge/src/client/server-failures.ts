import { PipitError, reviveError } from "@pipit/core";
import { foreignPage } from "./foreign-page.ts";
import { placeOf } from "./server-url.ts";
import { wireErrorOf } from "./wire-error.ts";

const EXPECTED = "an answer of a Pipit server";
const MOST_SHOWN = 120;

/** The error that the server sent, if the answer contains one. */
export function failureOf(url: URL, { status }: Response, text: string): Error {
  const wire = wireErrorOf(text);
  if (wire) return reviveError(wire);
  return new PipitError("remote-failed", {
    got: `status ${status} from ${url.host}: ${text.slice(0, MOST_SHOWN)}`,
    expected: EXPECTED,
    do: "Check that the URL is that of a Pipit server and look into its log.",
  });
}

/** The failure for a successful answer whose content does not fit the call. */
export function foreign(url: URL, { status }: Response, text: string): PipitError {
  return new PipitError("remote-failed", {
    got: `status ${status} from ${placeOf(url)} with ${text === "" ? "no body" : text.slice(0, MOST_SHOWN)}`,
    expected: "an answer of a Pipit server to this call",
    do: "Check that the URL is that of a Pipit server; what was acknowledged before is stored.",
  });
}

/** A redirect would turn a write into a GET, or send the key to another place. */
export function redirected(url: URL, path: string, response: Response): PipitError {
  // A page can read neither status nor target.
  const status = response.status > 0 ? ` (${response.status})` : "";
  return new PipitError("remote-failed", {
    got: `a redirect${status} from ${placeOf(url)}${targetOf(url, path, response)}`,
    expected: "an answer of the server itself",
    do: "Give the final URL of the Pipit server as `url`, with its scheme: redirects are not followed.",
  });
}

/** The server's new URL, without the path of the call. */
function targetOf(url: URL, path: string, { headers, redirected, url: end }: Response): string {
  const target = redirected ? end : headers.get("location");
  if (target === null || !URL.canParse(target, url)) return "";
  const place = placeOf(new URL(target, url));
  return ` to ${place.endsWith(path) ? place.slice(0, -path.length) : place}`;
}

export function unreadable(url: URL, cause: unknown): PipitError {
  return new PipitError("remote-failed", {
    got: `an answer of ${placeOf(url)} that cannot be read (${wordsOf(cause)})`,
    expected: EXPECTED,
    do: "Check that the URL is that of a Pipit server, then try again; what was acknowledged before is stored.",
    cause,
  });
}

export function unreachable(url: URL, path: string, cause: unknown): PipitError {
  const network = "Check the address and the network, then try again; what was acknowledged before is stored.";
  const page = foreignPage(url.origin);
  return new PipitError("remote-failed", {
    got: `no answer from ${placeOf(url)} (${wordsOf(cause)})`,
    expected: "a Pipit server that answers",
    do: page === undefined ? network : `${network} ${allowance(page, path)}`,
    cause,
  });
}

/** A page cannot distinguish a server that refuses its origin from one that cannot be reached. */
function allowance(page: string, path: string): string {
  const search = path.endsWith("/search") ? "lists the collection in PIPIT_PUBLIC_SEARCH, or " : "";
  // A page with an opaque origin, as in a sandbox, cannot be listed.
  const listed = page === "null" ? "this page's origin" : page;
  return `This page is of another origin: see that the server ${search}lists ${listed} in PIPIT_ORIGINS.`;
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
