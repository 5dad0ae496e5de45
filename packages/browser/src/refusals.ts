/** What of a SecurityPolicyViolationEvent says how to allow what was refused. */
export type Violation = Pick<SecurityPolicyViolationEvent, "effectiveDirective" | "blockedURI" | "disposition">;

const KEYWORDS: Readonly<Record<string, string>> = {
  blob: "blob:",
  data: "data:",
  self: "'self'",
  eval: "'unsafe-eval'",
  "wasm-eval": "'wasm-unsafe-eval'",
};

/** Name of the one Trusted Types policy that Pipit makes, for the addresses of workers. */
export const POLICY_NAME = "pipit";

/** The change to a Content-Security-Policy that would have allowed what a violation tells of. */
export function cureOf({ effectiveDirective, blockedURI }: Violation, origin: string): string {
  if (effectiveDirective.includes("trusted-types")) return `trusted-types must allow ${POLICY_NAME}`;
  // Browsers name the part of a directive that applied; authors write the directive.
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

// A page may lose pictures or styles of its own in the same moment.
const OURS = /^(worker|child|script|connect|default)-src|trusted-types/;

/** Whether a violation may have cost us a worker, a script or a file; one that is only reported cost nothing. */
export function isOurs({ effectiveDirective, disposition }: Violation): boolean {
  return disposition === "enforce" && OURS.test(effectiveDirective);
}

export interface Recording {
  /** What the Content-Security-Policy has to allow for what it refused so far, each change once; empty when it refused nothing. */
  cures(): Promise<readonly string[]>;
  end(): void;
}

/** Listens in this page or worker for what its Content-Security-Policy refuses from now on. */
export function recordRefusals(): Recording {
  const found = new Set<string>();
  const listener = (event: Event) => {
    const violation = event as SecurityPolicyViolationEvent;
    if (isOurs(violation)) found.add(cureOf(violation, globalThis.origin));
  };
  globalThis.addEventListener("securitypolicyviolation", listener);
  return {
    async cures() {
      // What was refused rejects first, and is told of in a task after that.
      await new Promise((resolve) => setTimeout(resolve));
      return [...found];
    },
    end: () => globalThis.removeEventListener("securitypolicyviolation", listener),
  };
}

/** The sentence for a site's owner, or nothing where the policy is not to blame. */
export function policyAdvice(cures: readonly string[]): string | undefined {
  if (cures.length === 0) return undefined;
  return `In the Content-Security-Policy of this page, ${cures.join(", and ")}.`;
}
