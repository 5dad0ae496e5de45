import { expect, test } from "vitest";
import { orBusy, unlessBusy } from "./no-descriptor.ts";

const failure = (code: string, cause?: Error) => Object.assign(new Error(code, { cause }), { code });
const thrown = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

test.each([
  failure("EMFILE"),
  failure("ENFILE"),
  new TypeError("fetch failed", { cause: failure("EMFILE") }),
  new Error("outer", { cause: new TypeError("fetch failed", { cause: failure("ENFILE") }) }),
])("%s is the limit of open files, which passes", (error) => {
  for (const handle of [orBusy, unlessBusy])
    expect(thrown(() => handle(error))).toMatchObject({ code: "busy", cause: error });
});

test.each([
  failure("ENOENT"),
  new Error("plain"),
  new TypeError("fetch failed", { cause: failure("ECONNREFUSED") }),
  Object.assign(new Error("told"), { cause: "EMFILE" }),
])("%s is another failure: of an own file it stays, of another server it is no file", (error) => {
  expect(thrown(() => orBusy(error))).toBe(error);
  expect(unlessBusy(error)).toBeUndefined();
});
