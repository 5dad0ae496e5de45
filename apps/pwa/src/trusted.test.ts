import { afterEach, beforeEach, expect, test, vi } from "vitest";

interface Rules {
  createHTML?(html: string): string;
  createScriptURL?(url: string): string;
}

let policies: Map<string, Rules>;

beforeEach(() => {
  policies = new Map();
  vi.resetModules();
  vi.stubGlobal("location", { href: "https://site.example/app/", origin: "https://site.example" });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function requireTrustedTypes(): void {
  const createPolicy = (name: string, rules: Rules) => {
    policies.set(name, rules);
    return { createHTML: (html: string) => `trusted ${rules.createHTML?.(html)}` };
  };
  vi.stubGlobal("trustedTypes", { createPolicy });
}

test("only scripts of the page's own origin run, by their whole address", async () => {
  requireTrustedTypes();
  (await import("./trusted.ts")).trustOwnAddresses();
  const { createScriptURL, createHTML } = policies.get("default")!;
  expect(createScriptURL?.("sw.js")).toBe("https://site.example/app/sw.js");
  for (const foreign of ["https://elsewhere.example/sw.js", "//elsewhere.example/sw.js", "data:text/javascript,1"])
    expect(() => createScriptURL?.(foreign)).toThrow(TypeError);
  expect(createHTML).toBeUndefined();
});

test("HTML to read goes through a policy of its own, which lets no script run", async () => {
  requireTrustedTypes();
  const { htmlToRead } = await import("./trusted.ts");
  expect(htmlToRead("<p>")).toBe("trusted <p>");
  expect([...policies].map(([name, rules]) => [name, Object.keys(rules)])).toEqual([["pipit-reading", ["createHTML"]]]);
});

test("where the page's policy refuses them, the app goes on, and the console says what to allow", async () => {
  const createPolicy = () => {
    throw new TypeError("Policy disallowed.");
  };
  vi.stubGlobal("trustedTypes", { createPolicy });
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { htmlToRead, trustOwnAddresses } = await import("./trusted.ts");
  trustOwnAddresses();
  expect(htmlToRead("<p>")).toBe("<p>");
  expect(said.mock.calls.join()).toContain("trusted-types default pipit pipit-reading");
});

test("a browser without Trusted Types reads and starts all the same", async () => {
  const { htmlToRead, trustOwnAddresses } = await import("./trusted.ts");
  trustOwnAddresses();
  expect(htmlToRead("<p>")).toBe("<p>");
});
