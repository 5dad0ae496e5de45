import { openDB } from "idb";

/** Runs work while no other holder of the name runs any, in all tabs of this origin. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** Uses a Web Lock, or a transaction if the page may not use locks, as on plain http. */
export function turnOf(name: string): Turn {
  return navigator.locks ? lockTurn(name) : transactionTurn(name);
}

function lockTurn(name: string): Turn {
  return <T>(work: () => Promise<T>) => navigator.locks.request(name, work) as Promise<T>;
}

/**
 * IndexedDB runs one writing transaction of an object store at a time, in call order, over all tabs, and ends those of a tab that
 * closes or crashes. So a transaction works as a lock. Repeated requests hold it open, because a transaction without requests ends. It has
 * a database of its own, so that the work may use transactions on the entries.
 */
function transactionTurn(name: string): Turn {
  return async (work) => {
    const database = await openDB(`${name}:turn`, 1, {
      upgrade: (fresh) => void fresh.createObjectStore("turn"),
      blocking: (_version, _nextVersion, event) => (event.target as IDBDatabase).close(),
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
  // The caller gets the failure with the result; it must not count as unhandled here.
  result.catch(() => undefined);
  while (!isDone) await turn.get("turn");
  return result;
}
