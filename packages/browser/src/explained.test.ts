import { PipitError } from "@pipit/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { explained } from "./explained.ts";

let events: EventTarget;

/** Dispatches a violation of the page's policy. */
function violate(effectiveDirective: string, blockedURI: string, disposition = "enforce"): void {
  const violation = { effectiveDirective, blockedURI, disposition };
  events.dispatchEvent(Object.assign(new Event("securitypolicyviolation"), violation));
}

beforeEach(() => {
  events = new EventTarget();
  vi.stubGlobal("origin", "https://app.example");
  vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
  vi.stubGlobal("removeEventListener", events.removeEventListener.bind(events));
});

afterEach(() => void vi.unstubAllGlobals());

describe("work that fetches files", () => {
  const failure = new PipitError("model-unavailable", { got: "no answer", expected: "a file", do: "Serve it." });

  test("returns its result, and fails unchanged if the policy refused nothing", async () => {
    expect(await explained(async () => "a file")).toBe("a file");
    const work = async () => {
      violate("img-src", "https://cdn.example/a.png");
      violate("connect-src", "https://cdn.example/a", "report");
      throw failure;
    };
    expect(await explained(work).catch((error) => error)).toBe(failure);
  });

  test("fails with the change to the policy, once each, that would allow what it refused", async () => {
    const work = async () => {
      for (let i = 0; i < 2; i++) violate("connect-src", "https://app.example/a");
      violate("connect-src", "https://cdn.example/b");
      throw failure;
    };
    const error = await explained(work).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "model-unavailable", got: "no answer", expected: "a file", cause: failure });
    expect(error.do).toBe(
      "In the Content-Security-Policy of this page, connect-src must allow 'self', and connect-src must allow https://cdn.example.",
    );
  });

  test("learns of a refusal that is reported after its failure", async () => {
    const work = async () => {
      setTimeout(() => violate("connect-src", "https://app.example/a"));
      throw failure;
    };
    const error = await explained(work).catch((thrown) => thrown);
    expect(error.do).toContain("connect-src must allow 'self'");
  });

  test("fails with its own error if that is not a PipitError", async () => {
    const mine = new RangeError("mine");
    const work = async () => {
      violate("connect-src", "https://app.example/a");
      throw mine;
    };
    expect(await explained(work).catch((error) => error)).toBe(mine);
  });

  test("does not listen for refusals afterwards", async () => {
    const removed = vi.fn();
    vi.stubGlobal("removeEventListener", removed);
    await explained(async () => "a file");
    await explained(() => Promise.reject(failure)).catch(() => undefined);
    expect(removed).toHaveBeenCalledTimes(2);
  });
});
