import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepForOffline } from "./offline.ts";

const registration = { scope: "https://site.example/app/" };
const register = vi.fn();

beforeEach(() => {
  vi.stubEnv("PROD", true);
  vi.stubGlobal("document", { baseURI: "https://site.example/app/index.html?query" });
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { serviceWorker: { register } });
  register.mockReset().mockResolvedValue(registration);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("the service worker is that of the folder the app is served from, and of no other", async () => {
  expect(await keepForOffline()).toEqual({ registration });
  expect(register.mock.calls).toEqual([["https://site.example/app/sw.js", { scope: "https://site.example/app/" }]]);
});

test("development registers none and says nothing", async () => {
  vi.stubEnv("PROD", false);
  expect([await keepForOffline(), register.mock.calls]).toEqual([{}, []]);
});

test("on plain http it names the advantage of https, and tries nothing", async () => {
  vi.stubGlobal("isSecureContext", false);
  expect((await keepForOffline()).why).toContain("https");
  expect(register).not.toHaveBeenCalled();
});

test("a browser without service workers is reported, and is not a failure", async () => {
  vi.stubGlobal("navigator", {});
  const warn = vi.spyOn(console, "warn");
  expect((await keepForOffline()).why).toContain("does not keep the app");
  expect(warn).not.toHaveBeenCalled();
});

test("a sandboxed frame, which refuses service workers, is reported like a browser without them", async () => {
  const refused = () => {
    throw new DOMException("sandboxed", "SecurityError");
  };
  vi.stubGlobal("navigator", Object.defineProperty({}, "serviceWorker", { get: refused }));
  expect((await keepForOffline()).why).toContain("does not keep the app");
});

test("a registration that fails is no failure of the app: the visitor reads the effect, the console the reason", async () => {
  const reason = new DOMException("no room", "QuotaExceededError");
  register.mockRejectedValue(reason);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  expect((await keepForOffline()).why).toContain("did not keep the app");
  expect(warn.mock.calls[0]?.[1]).toBe(reason);
});
