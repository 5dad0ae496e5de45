import { storageError } from "./storage-error.ts";

interface Transaction {
  readonly done: Promise<void>;
  readonly error: DOMException | null;
  abort(): void;
}

/**
 * Runs the work of one transaction and waits until it is committed: it lands whole, or not at all and rejects.
 * A full quota shows on the transaction, not on the request that met it, so the transaction's own error is preferred.
 */
export async function landed<T>(transaction: Transaction, what: string, work: () => Promise<T>): Promise<T> {
  const settled = transaction.done.catch(() => undefined);
  try {
    const result = await work();
    await transaction.done;
    return result;
  } catch (error) {
    abort(transaction);
    await settled;
    throw storageError(transaction.error ?? error, what);
  }
}

function abort(transaction: Transaction): void {
  try {
    transaction.abort();
  } catch {
    // It ended by itself: there is nothing to take back.
  }
}
