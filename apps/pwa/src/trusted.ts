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

const NEEDED =
  "the Content-Security-Policy of this page must have `trusted-types default pipit pipit-reading`. Without `default` and `pipit` there is no worker, without `pipit-reading` HTML files cannot be read.";

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

/** Undefined also if the page's Content-Security-Policy refuses the policy. The app then works without the features that need it. */
function policyOf(name: string, rules: Partial<Policy>): Policy | undefined {
  try {
    return trustedTypes?.createPolicy(name, rules);
  } catch (error) {
    console.error(`Pipit: ${NEEDED}`, error);
    return undefined;
  }
}

/** Allows workers and the service worker, which start by plain strings; browsers pass these to the policy named `default`. */
export function trustOwnAddresses(): void {
  policyOf("default", { createScriptURL: ownAddress });
}

function ownAddress(url: string): string {
  const { href, origin } = new URL(url, location.href);
  if (origin === location.origin) return href;
  throw new TypeError(`a script of ${origin}, where only those of ${location.origin} may run`);
}

const reading = policyOf("pipit-reading", { createHTML: (html) => html });

/** HTML for a parser only: a document that is never shown runs no script and loads nothing. */
export function htmlToRead(html: string): string {
  return reading?.createHTML(html) ?? html;
}
