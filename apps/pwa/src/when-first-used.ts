/** Opens something at its first use. A failure is for those who wait for it, so that it never counts as unhandled. */
export function whenFirstUsed<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open();
    opened.catch(() => undefined);
    return opened;
  };
}
