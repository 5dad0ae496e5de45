import { openDB } from "idb";

/** Runs work when no other holder of the name, in any tab of this origin, runs theirs. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** By a Web Lock; where the page may not have locks, as on plain http, by a transaction. */
export function turnOf(name: string): Turn {
  return navigator.locks ? lockTurn(name) : transactionTurn(name);
}

function lockTurn(name: string): Turn {
  return <T>(work: () => Promise<T>) => navigator.locks.request(name, work) as Promise<T>;
}

/**
 * Of the transactions that may write to one object store the database runs one at a time, in the order they were asked
 * for, over all tabs, and ends those of a tab that dies: a lock in all but name. It is held by asking for something
 * again and again, because a transaction with nothing left to do ends. Its database is apart from the entries', so that
 * the work may use transactions of its own.
 */
export function transactionTurn(name: string): Turn {
  return async (work) => {
    const database = await openDB(`${name}:turn`, 1, {
      upgrade: (fresh) => void fresh.createObjectStore("turn"),
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
    });
    const transaction = database.transaction("turn", "readwrite");
    try {
      await transaction.store.get("turn");
      return await held(transaction.store, work);
    } finally {
      await transaction.done.catch(() => undefined);
      database.close();
    }
  };
}

async function held<T>(turn: { get(key: string): Promise<unknown> }, work: () => Promise<T>): Promise<T> {
  let isDone = false;
  const result = work().finally(() => {
    isDone = true;
  });
  // Who asks for the result hears of its failure.
  result.catch(() => undefined);
  while (!isDone) await turn.get("turn");
  return result;
}
