/** Tells of a host's death; `stop` ends the watch. */
export interface DeathWatch {
  stop(): void;
}

/**
 * Holds a Web Lock as long as this worker lives and is not ended, and answers its name: whoever else gets it knows it is dead. Nothing
 * where the page may not have locks, as on plain http and in frames of no origin.
 */
export async function holdLifeLock(ended: AbortSignal): Promise<string | undefined> {
  if (!navigator.locks) return undefined;
  const name = `pipit-worker:${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  return new Promise<string | undefined>((answer) => {
    const whileAlive = () => {
      answer(name);
      return new Promise<void>((release) => ended.addEventListener("abort", () => release()));
    };
    navigator.locks.request(name, whileAlive).catch(() => answer(undefined));
  });
}

export function watchLock(name: string, dead: () => void): DeathWatch {
  const ending = new AbortController();
  navigator.locks.request(name, { signal: ending.signal }, dead).catch(() => undefined);
  return { stop: () => ending.abort() };
}

/** A worker is silent while it computes, so it is asked again and again and taken for dead only after all of these. */
const PULSE_MS = 3_000;
const MISSED_AT_MOST = 5;

export interface Pulse {
  /** Resolves when the worker answers. */
  ask(): Promise<unknown>;
  /** Whether anybody waits for the worker: nobody else has to know. */
  isAwaited(): boolean;
}

/** Tells of a death that nothing else tells of: by questions that stay unanswered. They are counted, because a device may sleep. */
export function watchPulse({ ask, isAwaited }: Pulse, dead: () => void): DeathWatch {
  let unanswered = 0;
  const beat = () => {
    if (!isAwaited()) return;
    if (unanswered === MISSED_AT_MOST) return dead();
    // One question at a time: what is asked of a busy worker waits in a row.
    if (unanswered++ > 0) return;
    ask().then(
      () => {
        unanswered = 0;
      },
      () => undefined,
    );
  };
  const timer = setInterval(beat, PULSE_MS);
  return { stop: () => clearInterval(timer) };
}
