import { part } from "./element.ts";
import { bytesInWords, counted, withCommas } from "./words.ts";

/** What a first visit waits for, below the search box, until the guide can be searched. */
export class OpeningView {
  readonly #box = part("fetching", HTMLElement);
  readonly #bar = part("fetching-bar", HTMLProgressElement);
  readonly #text = part("fetching-text", HTMLElement);

  fetching(bytes: number, of: number): void {
    this.#show(bytes, of);
    this.#text.textContent = `Fetching the search, once: ${bytesInWords(bytes)} of ${bytesInWords(of)}.`;
  }

  reading(birds: number, of: number): void {
    this.#show(birds, of);
    this.#text.textContent = `Reading the field guide: ${withCommas(birds)} of ${counted(of, "bird")}.`;
  }

  done(): void {
    this.#box.hidden = true;
  }

  #show(done: number, of: number): void {
    this.#bar.max = of;
    this.#bar.value = done;
  }
}
