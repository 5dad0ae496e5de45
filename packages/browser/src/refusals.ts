/** The part of a SecurityPolicyViolationEvent that names the directive to change. */
export type Violation = Pick<SecurityPolicyViolationEvent, "effectiveDirective" | "blockedURI" | "disposition">;

const KEYWORDS: Readonly<Record<string, string>> = {
  blob: "blob:",
  data: "data:",
  self: "'self'",
  eval: "'unsafe-eval'",
  "wasm-eval": "'wasm-unsafe-eval'",
};

/** Name of the only Trusted Types policy that Pipit creates; it admits the URLs of workers. */
export const POLICY_NAME = "pipit";

/** The change to a Content-Security-Policy that would allow the refused resource. */
export function cureOf({ effectiveDirective, blockedURI }: Violation, origin: string): string {
  if (effectiveDirective.includes("trusted-types")) return `trusted-types must allow ${POLICY_NAME}`;
  // Browsers name the applied part of a directive, such as `script-src-elem`; authors write `script-src`.
  const directive = effectiveDirective.replace(/-(elem|attr)$/, "");
  return `${directive} must allow ${sourceOf(blockedURI, origin)}`;
}

function sourceOf(blocked: string, origin: string): string {
  const keyword = KEYWORDS[blocked];
  if (keyword) return keyword;
  const from = URL.canParse(blocked) ? new URL(blocked) : undefined;
  if (from?.protocol === "blob:" || from?.protocol === "data:") return from.protocol;
  return !from || from.origin === origin ? "'self'" : from.origin;
}

// Other violations are about the page's own pictures or styles.
const OURS = /^(worker|child|script|connect|default)-src|trusted-types/;

/** True if a violation may have blocked a worker, script or file of Pipit. Report-only violations block nothing. */
export function isOurs({ effectiveDirective, disposition }: Violation): boolean {
  return disposition === "enforce" && OURS.test(effectiveDirective);
}

export interface Recording {
  /** The changes to the Content-Security-Policy that would allow everything refused so far, each once; empty if nothing was refused. */
  cures(): Promise<readonly string[]>;
  end(): void;
}

/** Records the refusals of this page's or worker's Content-Security-Policy from now on. */
export function recordRefusals(): Recording {
  const found = new Set<string>();
  const listener = (event: Event) => {
    const violation = event as SecurityPolicyViolationEvent;
    if (isOurs(violation)) found.add(cureOf(violation, globalThis.origin));
  };
  globalThis.addEventListener("securitypolicyviolation", listener);
  return {
    async cures() {
      // The event is dispatched in a task after the refused call has rejected.
      await new Promise((resolve) => setTimeout(resolve));
      return [...found];
    },
    end: () => globalThis.removeEventListener("securitypolicyviolation", listener),
  };
}

/** A sentence for the site's owner, or undefined if the policy refused nothing. */
export function policyAdvice(cures: readonly string[]): string | undefined {
  if (cures.length === 0) return undefined;
  return `In the Content-Security-Policy of this page, ${cures.join(", and ")}.`;
}
