import { POLICY_NAME } from "./refusals.ts";

const MODULE = { type: "module" } as const;

/**
 * Starts the package's own worker by its URL. Fails if the script has another origin than the page, as from a CDN.
 * A page that requires Trusted Types must allow the policy `pipit`.
 */
export function ownWorker(): Worker {
  try {
    // Bundlers find and replace exactly this expression.
    return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return workerAt(ownAddress());
  }
}

/** The same worker, imported by a script of this page's own origin. Fails if the page's policy does not allow `blob:`. */
export function ownWorkerByBlob(): Worker {
  const script = new Blob([`import ${JSON.stringify(ownAddress())};`], { type: "text/javascript" });
  const address = URL.createObjectURL(script);
  const worker = workerAt(address);
  // The URL must stay valid until the worker has read it: until its first message, or its failure.
  for (const event of ["message", "error"]) {
    worker.addEventListener(event, () => URL.revokeObjectURL(address), { once: true });
  }
  return worker;
}

/** Replaces `Worker` to get only the URL that bundlers put into the expression. */
class Address {
  readonly href: string;
  constructor(url: URL, _options: WorkerOptions) {
    this.href = url.href;
  }
}

function ownAddress(Worker = Address): string {
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module" }).href;
}

function workerAt(address: string): Worker {
  return new Worker(trusted(address), MODULE);
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

// A page may create a policy name only once, so the policy is kept. It gets only URLs of this package.
function trusted(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy(POLICY_NAME, { createScriptURL: (url) => url });
  return policy ? policy.createScriptURL(address) : address;
}
