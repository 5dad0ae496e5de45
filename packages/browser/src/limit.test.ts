import { expect, test, vi } from "vitest";
import { warnOfLimit } from "./limit.ts";

test("a limit is written to the console once per page, with one full stop after its description", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const limit = { what: "storage", got: "Site data is blocked.", effect: "Entries go.", do: "Allow it." } as const;
  warnOfLimit(limit);
  warnOfLimit({ ...limit });
  warnOfLimit({ ...limit, got: "no room" });
  expect(warn.mock.calls).toEqual([
    ["Pipit: Site data is blocked. Entries go. Allow it."],
    ["Pipit: no room. Entries go. Allow it."],
  ]);
});
