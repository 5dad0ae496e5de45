import { POLICY_NAME } from "./refusals.ts";

const MODULE = { type: "module" } as const;

/**
 * The worker that ships, started by its address. Fails where the script is of another origin than the page, as from a CDN.
 * A page that requires Trusted Types lets it start when it allows the policy `pipit`.
 */
export function ownWorker(): Worker {
  try {
    // Bundlers find and move the file by this very expression.
    return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return workerAt(ownAddress());
  }
}

/** The same worker through a script of this page's own origin that imports it. Fails where the page's policy has no `blob:`. */
export function ownWorkerByBlob(): Worker {
  const script = new Blob([`import ${JSON.stringify(ownAddress())};`], { type: "text/javascript" });
  const address = URL.createObjectURL(script);
  const worker = workerAt(address);
  // Held until the worker has read it: its first message, or its failure.
  for (const event of ["message", "error"]) {
    worker.addEventListener(event, () => URL.revokeObjectURL(address), { once: true });
  }
  return worker;
}

/** Stands in for `Worker` where only the address is wanted that bundlers put into the expression. */
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

// A name may be taken only once a page, so the policy is made once. It is handed our own addresses alone.
function trusted(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy(POLICY_NAME, { createScriptURL: (url) => url });
  return policy ? policy.createScriptURL(address) : address;
}
