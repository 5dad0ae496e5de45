import { PipitError } from "@pipit/core";

/** Converts a browser's storage failure to a `PipitError`. `what` names the database. */
export function storageError(error: unknown, what: string): PipitError {
  if (error instanceof PipitError) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError") return storageFull(what, error);
  if (name === "VersionError") return storageOutdated(what, error);
  return storageFailed(what, error);
}

function storageFull(what: string, cause: unknown): PipitError {
  return new PipitError("storage-full", {
    got: `a full quota while writing to ${what}`,
    expected: "room for the whole write",
    do: "Remove entries or free disk space, then write again; a browser may count room as free only after a while. What was stored before is there.",
    cause,
  });
}

export function storageOutdated(what: string, cause?: unknown): PipitError {
  return new PipitError("storage-outdated", {
    got: `${what} in a newer version, opened or wanted by another tab`,
    expected: "the version that this page knows",
    do: "Reload the page. Everything written is kept.",
    cause,
  });
}

export function storageBlocked(what: string): PipitError {
  return new PipitError("storage-blocked", {
    got: `${what} held open in an older version by another tab`,
    expected: "no other tab while the database is upgraded",
    do: "Close the other tabs of this site, then try again. Everything written is kept.",
  });
}

export function storageFailed(what: string, cause: unknown): PipitError {
  return new PipitError("storage-failed", {
    got: `a failure of ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
    expected: "the browser to read and write its database",
    do: "Reload the page. If site data was cleared, add the entries again.",
    cause,
  });
}
