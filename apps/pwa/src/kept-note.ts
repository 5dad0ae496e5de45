/** A short note of an earlier visit. Undefined if none is stored, or if the browser stores nothing for this site. */
export function keptNote(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Stores a note for later visits if the browser allows it. The app works without the note. */
export function keepNote(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is blocked or full. The engine reports that for entries.
  }
}
