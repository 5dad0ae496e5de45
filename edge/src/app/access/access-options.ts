import { PipitError } from "@pipit/core";
import { COLLECTION_NAME, COLLECTION_NAME_RULE } from "../collection-name.ts";
import { isLegalKey, LEGAL_KEY } from "./legal-key.ts";
import { shownItem } from "./shown-item.ts";

/** The operator's settings of access. */
export interface AccessOptions {
  /** The key that calls under /v1 must send, except public searches: the key itself, or "sha256:" and its digest in hex. */
  readonly key?: string | undefined;
  /** Other origins whose pages may call the server: "https://site.example". */
  readonly origins?: readonly string[] | undefined;
  /** Host names of the server besides the one it is bound to, loopback names and IP addresses. */
  readonly hosts?: readonly string[] | undefined;
  /** Collections that anyone may search, without the key and from any page; "*" is all of them. */
  readonly publicSearch?: readonly string[] | undefined;
}

/** The variables of a process, or the bindings of a Worker. */
export interface AccessVariables {
  readonly PIPIT_KEY?: string | undefined;
  readonly PIPIT_ORIGINS?: string | undefined;
  readonly PIPIT_HOSTS?: string | undefined;
  readonly PIPIT_PUBLIC_SEARCH?: string | undefined;
}

/** Reads the settings. Throws `bad-input` for values without any effect. */
export function accessOptions(variables: AccessVariables): AccessOptions {
  return {
    key: keyOf(variables.PIPIT_KEY),
    origins: listOf(variables.PIPIT_ORIGINS).map(originOf),
    hosts: listOf(variables.PIPIT_HOSTS).map(hostOf),
    publicSearch: listOf(variables.PIPIT_PUBLIC_SEARCH).map(publicOf),
  };
}

function listOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

const DIGEST = /^sha256:(?![0-9a-f]{64}$)/i;

/** Messages do not show the key, because they are logged. */
function keyOf(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (!isLegalKey(text)) throw new PipitError("bad-input", { ...LEGAL_KEY, got: `a PIPIT_KEY with ${LEGAL_KEY.got}` });
  if (DIGEST.test(text)) {
    throw new PipitError("bad-input", {
      got: 'a PIPIT_KEY that begins with "sha256:" and goes on with no such digest',
      expected: '"sha256:" and 64 hexadecimal digits, or the key itself',
      do: "Take the digest of the key without a line's end: `printf %s KEY | sha256sum`.",
    });
  }
  return text;
}

function originOf(text: string, _: number, all: readonly string[]): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && isOrigin(url)) return url.origin;
  throw new PipitError("bad-input", {
    got: `${shownItem(text, all)} in PIPIT_ORIGINS`,
    expected: 'origins such as "https://site.example", separated by commas',
    do: "Give scheme, host and port of each site whose pages may ask, without a path, a user name or `*`.",
  });
}

function isOrigin({ protocol, hostname, username, password, pathname, search, hash }: URL): boolean {
  const beside = `${username}${password}${search}${hash}`;
  return /^https?:$/.test(protocol) && pathname === "/" && beside === "" && !hostname.includes("*");
}

const HOST_NAME = /^(?:[\p{L}\p{M}\p{N}_-]{1,63}\.)*[\p{L}\p{M}\p{N}_-]{1,63}\.?$/u;
const ADDRESS = /^(?:(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:.]+\])$/i;
const DIGITS = /^[\d.]+$/;

/** The name as in a request's header: in lower case, non-ASCII letters in punycode, without a dot at the end. */
function hostOf(text: string, _: number, all: readonly string[]): string {
  const url = `http://${text}`;
  const isName = HOST_NAME.test(text) && !DIGITS.test(text);
  if ((isName || ADDRESS.test(text)) && URL.canParse(url)) return new URL(url).hostname.replace(/\.$/, "");
  throw new PipitError("bad-input", {
    got: `${shownItem(text, all)} in PIPIT_HOSTS`,
    expected: 'names such as "search.example", separated by commas',
    do: "Give each name alone: no scheme, port, path, user name or `*`. Loopback and addresses need not be listed.",
  });
}

function publicOf(text: string, _: number, all: readonly string[]): string {
  if (text === "*" || COLLECTION_NAME.test(text)) return text;
  throw new PipitError("bad-input", {
    got: `${shownItem(text, all)} in PIPIT_PUBLIC_SEARCH`,
    expected: `names of collections, separated by commas: ${COLLECTION_NAME_RULE}`,
    do: "Name the collections as they were created, or give `*` for all.",
  });
}
