/**
 * The Trusted Types policies of this page: for script URLs of its own origin, and for HTML that is only parsed. The server's
 * Content-Security-Policy names both, and the worker's policy.
 */
interface Policy {
  createHTML(html: string): string;
  createScriptURL(url: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: Partial<Policy>): Policy;
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

/** Allows workers and the service worker, which start by plain strings; browsers pass these to the policy named `default`. */
export function trustOwnAddresses(): void {
  trustedTypes?.createPolicy("default", { createScriptURL: ownAddress });
}

function ownAddress(url: string): string {
  const { href, origin } = new URL(url, location.href);
  if (origin === location.origin) return href;
  throw new TypeError(`a script of ${origin}, where only those of ${location.origin} may run`);
}

const reading = trustedTypes?.createPolicy("pipit-reading", { createHTML: (html) => html });

/** HTML for a parser only: a document that is never shown runs no script and loads nothing. */
export function htmlToRead(html: string): string {
  return reading?.createHTML(html) ?? html;
}
