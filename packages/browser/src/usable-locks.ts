/** The page's Web Locks. Undefined on plain http, which has none, and where site data is blocked, which refuses their use. */
export async function usableLocks(): Promise<LockManager | undefined> {
  try {
    await navigator.locks.query();
    return navigator.locks;
  } catch {
    return undefined;
  }
}
