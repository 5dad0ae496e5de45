/** Runs one-time work once per key. The promise is dropped when it fails, so that the next caller tries again. */
export function once<A extends unknown[], T>(
  keyOf: (...args: A) => string,
  work: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  const begun = new Map<string, Promise<T>>();
  return (...args) => {
    const key = keyOf(...args);
    const known = begun.get(key);
    if (known) return known;
    const promise = work(...args);
    begun.set(key, promise);
    promise.catch(() => begun.delete(key));
    return promise;
  };
}
