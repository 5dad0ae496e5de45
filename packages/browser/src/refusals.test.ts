import { expect, test } from "vitest";
import { cureOf, isOurs } from "./refusals.ts";

const HERE = "https://here.example";
const cure = (effectiveDirective: string, blockedURI: string) =>
  cureOf({ effectiveDirective, blockedURI, disposition: "enforce" }, HERE);

test.each([
  ["worker-src", `${HERE}/assets/worker.js`, "worker-src must allow 'self'"],
  ["worker-src", "blob", "worker-src must allow blob:"],
  ["worker-src", `blob:${HERE}/1234`, "worker-src must allow blob:"],
  ["worker-src", "blob:null/1234", "worker-src must allow blob:"],
  [
    "connect-src",
    "https://elsewhere.example:8443/entries.json",
    "connect-src must allow https://elsewhere.example:8443",
  ],
  ["script-src-elem", "https://cdn.example/chunks/a.js", "script-src must allow https://cdn.example"],
  ["script-src", "wasm-eval", "script-src must allow 'wasm-unsafe-eval'"],
  ["require-trusted-types-for", "trusted-types-sink", "trusted-types must allow pipit"],
  ["trusted-types", "trusted-types-policy", "trusted-types must allow pipit"],
])("a refusal by %s of %s is answered with the change that allows it", (directive, blocked, change) => {
  expect(cure(directive, blocked)).toBe(change);
});

test("violations of the page's own files, and report-only ones, give no advice", () => {
  const enforced = { blockedURI: "https://cdn.example/a", disposition: "enforce" } as const;
  expect(isOurs({ ...enforced, effectiveDirective: "worker-src" })).toBe(true);
  expect(isOurs({ ...enforced, effectiveDirective: "img-src" })).toBe(false);
  expect(isOurs({ ...enforced, effectiveDirective: "worker-src", disposition: "report" })).toBe(false);
});
