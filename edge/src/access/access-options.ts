import { PipitError } from "@pipit/core";

/** Who may ask, as an operator says it. */
export interface AccessOptions {
  /** Demanded of every call under /v1 but public searches; or "sha256:" and its digest in hex. */
  readonly key?: string | undefined;
  /** Origins of pages, beside the server's own, that may ask: "https://site.example". */
  readonly origins?: readonly string[] | undefined;
  /** Names the server is reached by, beside the one it is bound to, loopback's and IP addresses. */
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

export function accessOptions(variables: AccessVariables): AccessOptions {
  return {
    key: variables.PIPIT_KEY || undefined,
    origins: listOf(variables.PIPIT_ORIGINS).map(originOf),
    hosts: listOf(variables.PIPIT_HOSTS).map((name) => name.toLowerCase()),
    publicSearch: listOf(variables.PIPIT_PUBLIC_SEARCH),
  };
}

function listOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === "/" && !url.search && !url.hash) return url.origin;
  throw new PipitError("bad-input", {
    got: `${text} in PIPIT_ORIGINS`,
    expected: 'origins such as "https://site.example", comma between',
    do: "Give scheme, host and port of each site whose pages may ask, without a path.",
  });
}
