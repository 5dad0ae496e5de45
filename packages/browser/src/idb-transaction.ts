import { storageError } from "./storage-error.ts";

interface Transaction {
  readonly done: Promise<void>;
  readonly error: DOMException | null;
  abort(): void;
}

/**
 * Runs the work of one transaction and waits until it is committed. It succeeds as a whole, or changes nothing and rejects.
 * A full quota is reported by the transaction, not by the request that exceeded it, so the transaction's own error is preferred.
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
    // The transaction has ended by itself, so an abort is not needed.
  }
}
