// Shorter changes are not spoken: a count that is replaced at the next letter only interrupts.
const QUIET_MS = 200;
const NO_BREAK_SPACE = "\u00a0";

/** Writes to a live region once its text has settled. The same text said again is spoken again. */
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

  // A live region speaks changes, so a repeated text is made to differ by a space nobody sees or hears.
  #write(text: string): void {
    this.#region.textContent = this.#region.textContent === text ? text + NO_BREAK_SPACE : text;
  }
}
