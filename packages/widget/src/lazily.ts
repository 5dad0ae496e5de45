/** Does the work at the first call, once. A failure is met when that is awaited. */
export function lazily<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  return () => {
    begun ??= work();
    begun.catch(() => undefined);
    return begun;
  };
}
