export interface ByteRange {
  /** Both ends are included. */
  readonly start: number;
  readonly end: number;
}

/**
 * The single range that a header requests. Undefined means the whole file: without a header, for a malformed one, and for several
 * ranges, which a server may answer with the whole file.
 */
export function byteRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const match = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)$/i.exec(header?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") return satisfiable({ start: Math.max(0, size - Number(last)), end: size - 1 });
  if (last !== "" && Number(last) < Number(first)) return undefined;
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return satisfiable({ start: Number(first), end });
}

/** A range that begins after the last byte begins after its own end, too. */
function satisfiable(range: ByteRange): ByteRange | "unsatisfiable" {
  return range.start <= range.end ? range : "unsatisfiable";
}
