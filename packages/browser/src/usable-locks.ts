/** The page's Web Locks. Undefined on plain http, where they do not exist, and if site data are blocked, where using them fails. */
export async function usableLocks(): Promise<LockManager | undefined> {
  try {
    await navigator.locks.query();
    return navigator.locks;
  } catch {
    return undefined;
  }
}
