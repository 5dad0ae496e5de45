import { PipitError } from "@pipit/core";

/** Converts a failure of the ledger's database, so that it is not confused with an unreadable file, which is a DOMException too. */
export function ledgerError(error: unknown): PipitError {
  if (error instanceof Error && error.name === "QuotaExceededError") {
    return new PipitError("storage-full", {
      got: "a full quota while the list of documents was written",
      expected: "room for the list",
      do: "Remove documents or free disk space, then try again.",
      cause: error,
    });
  }
  return new PipitError("storage-failed", {
    got: `a failure of the list of documents: ${error instanceof Error ? error.message : String(error)}`,
    expected: "the browser to read and write its database",
    do: "Reload the page. If site data was cleared, add the files again.",
    cause: error,
  });
}
