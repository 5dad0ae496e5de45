import type { ImproveProgress, TabEngine } from "../engine.ts";
import { keepNote, keptNote } from "../kept-note.ts";
import { offeredBytes } from "../offered-model.ts";
import { part } from "./element.ts";
import { isAbort, showTrouble } from "./trouble.ts";
import { bytesInWords, counted, withCommas } from "./words.ts";

/** Set when the visitor has the model: later visits load it from this device without asking. */
const HAS_BETTER = "pipit-better-model";

export interface ModelViewParts {
  engines(): Promise<readonly TabEngine[]>;
  /** Called when another model embeds queries from now on. */
  adopted(): void;
  /** Called when the model was not adopted, for example because a file is missing. */
  notAdopted(): void;
}

/** The offer of a better model, if the server or this device has it. */
export class ModelView {
  readonly #parts: ModelViewParts;
  readonly #box = part("model", HTMLElement);
  readonly #get = part("get-model", HTMLButtonElement);
  readonly #stop = part("stop-model", HTMLButtonElement);
  readonly #bar = part("model-bar", HTMLProgressElement);
  readonly #text = part("model-text", HTMLElement);
  #running: AbortController | undefined;

  constructor(parts: ModelViewParts) {
    this.#parts = parts;
    this.#get.addEventListener("click", () => void this.#improve());
    this.#stop.addEventListener("click", () => this.#running?.abort());
  }

  async offer(): Promise<void> {
    if (keptNote(HAS_BETTER)) return this.#improve();
    const bytes = await offeredBytes();
    if (bytes === undefined) return;
    this.#get.textContent = `Get the larger model (${bytesInWords(bytes)})`;
    this.#say(
      "A larger model understands more. It is fetched once and then works offline too. " +
        "On a device with a fast graphics chip it is 90 MB.",
    );
    this.#box.hidden = false;
  }

  async #improve(): Promise<void> {
    const running = new AbortController();
    const { signal } = running;
    this.#running = running;
    this.#busy("Getting ready…");
    try {
      for (const engine of await this.#parts.engines()) {
        const summary = await engine.improve({ signal, onProgress: this.#reporter() });
        if (!summary.adopted) return this.#notAdopted(summary.why);
        this.#parts.adopted();
      }
      keepNote(HAS_BETTER, "yes");
      this.#done("Done. The larger model answers from now on.");
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#running = undefined;
    }
  }

  #busy(words: string): void {
    this.#box.hidden = false;
    this.#get.hidden = true;
    this.#stop.hidden = false;
    this.#bar.hidden = false;
    this.#bar.removeAttribute("value");
    this.#say(words);
  }

  /** Entries are embedded again only after queries use the better model: `adopted` is called when that phase begins. */
  #reporter(): (progress: ImproveProgress) => void {
    let told = false;
    return (progress) => {
      this.#report(progress);
      if (told || progress.stage !== "refine") return;
      told = true;
      this.#parts.adopted();
    };
  }

  #report({ stage, done, total }: ImproveProgress): void {
    if (total) {
      this.#bar.max = total;
      this.#bar.value = done;
    } else this.#bar.removeAttribute("value");
    this.#say(progressOf(stage, done, total));
  }

  #notAdopted(why: string): void {
    this.#done("The larger model does not work here. Search goes on without it.");
    part("status-model", HTMLElement).textContent = `The larger model was not taken: ${why}`;
    this.#get.hidden = false;
    this.#parts.notAdopted();
  }

  #failed(error: unknown): void {
    this.#done(isAbort(error) ? "Stopped. What was fetched is kept for the next try." : "");
    this.#get.hidden = false;
    showTrouble("The better model could not be taken up.", error);
  }

  #done(words: string): void {
    this.#stop.hidden = true;
    this.#bar.hidden = true;
    this.#say(words);
  }

  #say(words: string): void {
    this.#text.textContent = words;
  }
}

function progressOf(stage: ImproveProgress["stage"], done: number, total: number | undefined): string {
  const of = total ? ` of ${stage === "download" ? bytesInWords(total) : withCommas(total)}` : "";
  if (stage === "download") return `Fetching the model: ${bytesInWords(done)}${of}`;
  if (stage === "pack") return `Making it ready for this device, once: layer ${done}${of}`;
  if (stage === "prove") return "Checking on this device that its numbers are right…";
  return `Reading your entries again: ${counted(done, "entry", "entries")}${of}`;
}
