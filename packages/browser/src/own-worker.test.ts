import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** URLs of the workers that were started, and the error of their constructor. */
let started: { address: unknown; worker: EventTarget }[];
let refusal: (address: unknown) => Error | undefined;

beforeEach(() => {
  [started, refusal] = [[], () => undefined];
  vi.resetModules();
  vi.stubGlobal(
    "Worker",
    class extends EventTarget {
      constructor(address: unknown, options: WorkerOptions) {
        super();
        expect(options).toEqual({ type: "module" });
        const error = refusal(address);
        if (error) throw error;
        started.push({ address, worker: this });
      }
    },
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

// Each test loads a module of its own, because a page may create a policy only once.
const load = () => import("./own-worker.ts");
const OWN = /\/worker\.js$/;

/** A page that requires Trusted Types: workers start only by trusted URLs, and a policy's name can be used once. */
function requireTrustedTypes(): { policies: string[] } {
  const policies: string[] = [];
  const createPolicy = (name: string, { createScriptURL }: { createScriptURL(url: string): string }) => {
    if (policies.includes(name)) throw new TypeError(`the policy ${name} is there already`);
    policies.push(name);
    return { createScriptURL: (url: string) => ({ trusted: createScriptURL(url) }) };
  };
  vi.stubGlobal("trustedTypes", { createPolicy });
  refusal = (address) => (Object.hasOwn(address as object, "trusted") ? undefined : new TypeError("not trusted"));
  return { policies };
}

test("the worker is started by its address", async () => {
  (await load()).ownWorker();
  expect(started.map(({ address }) => String(address))).toEqual([expect.stringMatching(OWN)]);
});

test("where Trusted Types are required, by a policy that is made once for all its workers", async () => {
  const { policies } = requireTrustedTypes();
  const { ownWorker, ownWorkerByBlob } = await load();
  ownWorker();
  ownWorker();
  ownWorkerByBlob();
  expect(policies).toEqual(["pipit"]);
  expect(started.map(({ address }) => (address as { trusted: string }).trusted)).toEqual([
    expect.stringMatching(OWN),
    expect.stringMatching(OWN),
    expect.stringMatching(/^blob:/),
  ]);
});

test("a script of another origin is not tried twice", async () => {
  let tries = 0;
  refusal = () => {
    tries++;
    return new DOMException("another origin", "SecurityError");
  };
  const { ownWorker } = await load();
  expect(ownWorker).toThrow("another origin");
  expect(tries).toBe(1);
});

test.each(["message", "error"])(
  "a script that imports the worker is dropped at its first %s, not before",
  async (event) => {
    const made = vi.spyOn(URL, "createObjectURL");
    const dropped = vi.spyOn(URL, "revokeObjectURL");
    (await load()).ownWorkerByBlob();
    const [script] = made.mock.calls[0] as [Blob];
    expect(await script.text()).toMatch(/^import ".*\/worker\.js";$/);
    expect(script.type).toBe("text/javascript");
    expect(dropped).not.toHaveBeenCalled();
    started[0]!.worker.dispatchEvent(new Event(event));
    expect(dropped).toHaveBeenCalledWith(started[0]!.address);
  },
);
