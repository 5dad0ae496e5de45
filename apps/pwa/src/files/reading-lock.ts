import { usableLocks } from "@pipit/browser";

const NAME = "pipit-intake";

/** Reads files. Several tabs may do so at once. */
export async function whileReading<T>(read: () => Promise<T>): Promise<T> {
  const locks = await usableLocks();
  return locks ? ((await locks.request(NAME, { mode: "shared" }, read)) as T) : read();
}

/** Does the work unless a tab reads files. Without Web Locks tabs cannot detect each other, and the work is always done. */
export async function unlessReading(work: () => Promise<void>): Promise<void> {
  const locks = await usableLocks();
  if (!locks) return work();
  await locks.request(NAME, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}
