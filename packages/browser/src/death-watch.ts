/** Detects a worker's death. `dead` may be called again until `stop`. */
export interface DeathWatch {
  stop(): void;
}

/**
 * Called in the worker. Holds a Web Lock until the worker ends or `ended` aborts, and returns the lock's name. A page that gets the lock
 * can conclude that the worker is dead. Returns undefined if the page may not have locks, as on plain http and in frames with an opaque
 * origin.
 */
export async function holdLifeLock(ended: AbortSignal): Promise<string | undefined> {
  if (!navigator.locks) return undefined;
  const name = `pipit-worker:${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  return new Promise<string | undefined>((resolve) => {
    const whileAlive = () => {
      resolve(name);
      return new Promise<void>((release) => ended.addEventListener("abort", () => release()));
    };
    navigator.locks.request(name, whileAlive).catch(() => resolve(undefined));
  });
}

/** Called on the page, with the name of the worker's lock. */
export function watchLock(name: string, dead: () => void): DeathWatch {
  const ending = new AbortController();
  navigator.locks.request(name, { signal: ending.signal }, dead).catch(() => undefined);
  return { stop: () => ending.abort() };
}

/** A worker cannot answer while it computes: it counts as dead only after MISSED_AT_MOST periods without an answer. */
const HEARTBEAT_MS = 3_000;
const MISSED_AT_MOST = 5;

export interface Heartbeat {
  /** Resolves when the worker answers. */
  ask(): Promise<unknown>;
  /** True if a call waits for the worker. Otherwise its death need not be noticed. */
  isAwaited(): boolean;
}

/**
 * Detects a death without Web Locks, by unanswered questions. Ticks are counted instead of time: after a device was asleep, the worker
 * would seem to be silent for long.
 */
export function watchHeartbeat({ ask, isAwaited }: Heartbeat, dead: () => void): DeathWatch {
  let unanswered = 0;
  const beat = () => {
    if (!isAwaited()) return;
    if (unanswered === MISSED_AT_MOST) return dead();
    // One question at a time: a busy worker would queue them.
    if (unanswered++ > 0) return;
    ask().then(
      () => {
        unanswered = 0;
      },
      () => undefined,
    );
  };
  const timer = setInterval(beat, HEARTBEAT_MS);
  return { stop: () => clearInterval(timer) };
}
