/** Memory of this process; undefined if no file can be opened to read it: `/health` must answer even then. */
export function memoryBytes(): number | undefined {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
}
