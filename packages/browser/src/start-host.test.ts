import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { hostIn, ownHost } from "./start-host.ts";

/** The behaviour of a worker of this page, by whether its script is a blob. */
type Fate = "answers" | "fails to load" | "is refused" | "is of another origin";
let fates: { own: Fate; blob: Fate };
let started: FakeWorker[];
let events: EventTarget;

/** Dispatches a violation of the page's policy. */
function violate(effectiveDirective: string, blockedURI: string, disposition = "enforce"): void {
  const violation = { effectiveDirective, blockedURI, disposition };
  events.dispatchEvent(Object.assign(new Event("securitypolicyviolation"), violation));
}

class FakeWorker extends EventTarget {
  readonly isBlob: boolean;
  ended = false;

  constructor(address: string | URL) {
    super();
    this.isBlob = String(address).startsWith("blob:");
    const fate = this.isBlob ? fates.blob : fates.own;
    if (fate === "is of another origin") throw new DOMException("another origin", "SecurityError");
    started.push(this);
    if (fate === "answers") return;
    setTimeout(() => {
      if (fate === "is refused") violate("worker-src", String(address));
      this.dispatchEvent(new Event("error"));
    });
  }

  postMessage({ id }: { id: string }): void {
    if ((this.isBlob ? fates.blob : fates.own) !== "answers") return;
    const data = { id, type: "RAW", value: undefined };
    setTimeout(() => this.dispatchEvent(Object.assign(new Event("message"), { data })));
  }

  terminate(): void {
    this.ended = true;
  }
}

beforeEach(() => {
  [fates, started, events] = [{ own: "answers", blob: "answers" }, [], new EventTarget()];
  vi.stubGlobal("Worker", FakeWorker);
  vi.stubGlobal("ErrorEvent", class extends Event {});
  vi.stubGlobal("origin", "https://app.example");
  vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
  vi.stubGlobal("removeEventListener", events.removeEventListener.bind(events));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the package's own host", () => {
  test("runs in a worker by its address", async () => {
    const { life, limit } = await ownHost();
    expect([started.map(({ isBlob }) => isBlob), limit]).toEqual([[false], undefined]);
    life.end();
    expect(started[0]!.ended).toBe(true);
  });

  test.each(["is of another origin", "fails to load"] as const)(
    "runs in a worker by a script of this origin where the worker's %s, and leaves no other",
    async (fate) => {
      fates.own = fate;
      const { life, limit } = await ownHost();
      expect(limit).toBeUndefined();
      expect(started.filter(({ ended }) => !ended).map(({ isBlob }) => isBlob)).toEqual([true]);
      life.end();
    },
  );

  test("runs on the page's own thread where no worker starts, and says what was tried and what to allow", async () => {
    fates = { own: "fails to load", blob: "is refused" };
    const { life, limit } = await ownHost();
    expect(limit).toMatchObject({
      what: "worker",
      got: "no worker starts on this page: a worker whose script did not load; then a worker whose script did not load",
      do: "In the Content-Security-Policy of this page, worker-src must allow blob:.",
    });
    expect(started.every(({ ended }) => ended)).toBe(true);
    expect(await life.call((remote) => remote.alive())).toMatch(/^pipit-worker:/);
    life.end();
  });

  test("has plain advice where the policy refused nothing", async () => {
    fates = { own: "fails to load", blob: "fails to load" };
    const { life, limit } = await ownHost();
    expect(limit?.do).toBe("Serve the script's files from the page's own origin, all of them.");
    life.end();
  });

  test("in a sandboxed frame, where no file is of the page's origin, advises to lift the sandbox", async () => {
    vi.stubGlobal("origin", "null");
    fates = { own: "is of another origin", blob: "fails to load" };
    const { life, limit } = await ownHost();
    expect(limit?.do).toBe("Add `allow-same-origin` to the attribute `sandbox` of this page's frame.");
    life.end();
  });

  test("is an error where it starts nowhere, and all ways are tried again at the next call", async () => {
    fates = { own: "fails to load", blob: "is of another origin" };
    vi.stubGlobal(
      "MessageChannel",
      class {
        constructor() {
          throw new Error("no channel");
        }
      },
    );
    const error = await ownHost().catch((failure) => failure);
    expect(error).toMatchObject({
      code: "worker-died",
      got: "no worker, and no host on the page's own thread: a worker whose script did not load; then SecurityError: another origin; then Error: no channel",
      do: expect.stringContaining("keep those of the former build"),
    });
    fates.own = "answers";
    (await ownHost()).life.end();
  });

  test("listens to refusals of the policy only while it starts", async () => {
    const removed = vi.spyOn(events, "removeEventListener");
    vi.stubGlobal("removeEventListener", events.removeEventListener.bind(events));
    (await ownHost()).life.end();
    expect(removed).toHaveBeenCalledOnce();
  });
});

test("a worker that the caller makes is the only way tried", async () => {
  fates.own = "fails to load";
  const start = hostIn(() => new Worker("/own.js"));
  await expect(start()).rejects.toMatchObject({ code: "worker-died" });
  expect(started.map(({ ended }) => ended)).toEqual([true]);
  fates.own = "answers";
  const { life } = await start();
  expect(life.dead).toBe(false);
  life.end();
});
