/** A short note of an earlier visit. Undefined too where the browser keeps nothing for this site. */
export function keptNote(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a note for later visits, where the browser keeps anything: what it says is found out again without it. */
export function keepNote(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Blocked or full. The engine says so where entries are concerned.
  }
}
