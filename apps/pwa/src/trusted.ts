/**
 * What this page may hand to the sinks that could run it, where the server asks for Trusted Types: addresses of its own origin,
 * and HTML that is only read. The server's policy names these two, and the worker's own.
 */
interface Policy {
  createHTML(html: string): string;
  createScriptURL(url: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: Partial<Policy>): Policy;
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

/** Workers and the service worker start by plain addresses, which the policy named `default` is asked about. */
export function trustOwnAddresses(): void {
  trustedTypes?.createPolicy("default", { createScriptURL: ownAddress });
}

function ownAddress(url: string): string {
  const { href, origin } = new URL(url, location.href);
  if (origin === location.origin) return href;
  throw new TypeError(`a script of ${origin}, where only those of ${location.origin} may run`);
}

const reading = trustedTypes?.createPolicy("pipit-reading", { createHTML: (html) => html });

/** HTML for a parser alone: a document that is parsed and never shown runs no script and loads nothing. */
export function htmlToRead(html: string): string {
  return reading?.createHTML(html) ?? html;
}
