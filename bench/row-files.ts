import { appendFileSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";

export function readFloats(path: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(path)).buffer);
}

/** `write` fills `path`.part; a file without the ending .part is complete. */
export function writeOnce(path: string, write: () => void): void {
  if (existsSync(path)) return;
  rmSync(`${path}.part`, { force: true });
  write();
  renameSync(`${path}.part`, path);
}

/** Appends to `path`.part. */
export function appendRows(path: string, rows: Float32Array): void {
  appendFileSync(`${path}.part`, new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
}
