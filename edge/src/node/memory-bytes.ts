/** Memory of this process; undefined if the file to read it from cannot be opened: `/health` must answer even then. */
export function memoryBytes(): number | undefined {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
}
