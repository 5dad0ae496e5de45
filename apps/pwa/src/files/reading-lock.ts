const NAME = "pipit-intake";

/** Reads files. Several tabs may do so at once. */
export function whileReading<T>(read: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request(NAME, { mode: "shared" }, read) as Promise<T>) : read();
}

/** Does the work unless a tab reads files. Without Web Locks, as on plain http, no tab knows of another, and it is always done. */
export async function unlessReading(work: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return work();
  await navigator.locks.request(NAME, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}
