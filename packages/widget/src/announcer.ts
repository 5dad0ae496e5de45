// Shorter changes are not spoken: a count that is replaced at the next letter would only interrupt.
const QUIET_MS = 200;
const NO_BREAK_SPACE = "\u00a0";

/** Writes to a live region when its text has not changed for a while. A repeated text is spoken again. */
export class Announcer {
  readonly #region: HTMLElement;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(region: HTMLElement) {
    this.#region = region;
  }

  say(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(text), QUIET_MS);
  }

  silence(): void {
    clearTimeout(this.#timer);
    this.#region.textContent = "";
  }

  // A live region speaks only changes, so a repeated text gets an extra space, which is neither seen nor heard.
  #write(text: string): void {
    this.#region.textContent = this.#region.textContent === text ? text + NO_BREAK_SPACE : text;
  }
}
