/** Of this process; undefined where no file can be opened to read it from, which is no reason to call the process dead. */
export function memoryBytes(): number | undefined {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
}
