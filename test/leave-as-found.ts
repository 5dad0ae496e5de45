import { afterAll, vi } from "vitest";

/** Files that share a process leave it as they found it: a global that one replaced would fail tests of the next. */
afterAll(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.useRealTimers();
});
