import { PipitError } from "@pipit/core";

/** Advice for common errors of the operating system. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: "Give this user the right to it, or name another place.",
  EPERM: "Give this user the right to it, or name another place.",
  EROFS: "It cannot be written to: name another place.",
  ENOSPC: "The disk is full: free some of it; what was acknowledged is stored.",
  ENOTDIR: "A file lies where a folder should be: name another folder.",
  EEXIST: "A file lies where a folder should be: name another folder.",
  EISDIR: "A folder lies where a file should be: name a file.",
  ENOENT: "It is not there: correct the path.",
  EADDRINUSE: "Another process listens there: name another port, or 0 for any free one.",
  EADDRNOTAVAIL: "The address is not of this machine: name another host.",
};

/** A sentence that a user can act on; undefined for a bug, whose stack should be shown. */
export function sentenceOf(error: unknown): string | undefined {
  if (error instanceof PipitError) return error.message;
  // Errors of the operating system name the system call.
  if (!(error instanceof Error && "code" in error && "syscall" in error)) return undefined;
  const advice = ADVICE[String(error.code)] ?? "Name another place, or see to what it says.";
  return `got ${error.message}, expected a system that allows it. ${advice}`;
}
