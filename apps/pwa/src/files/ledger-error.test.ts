import { expect, test } from "vitest";
import { ledgerError } from "./ledger-error.ts";

test.each([
  ["a full quota", new DOMException("no room", "QuotaExceededError"), "storage-full"],
  ["any other failure", new DOMException("gone", "InvalidStateError"), "storage-failed"],
  ["what is no error", "gone", "storage-failed"],
])("%s of the list is reported as such", (_, error, code) => {
  expect(ledgerError(error)).toMatchObject({ code, cause: error });
});
