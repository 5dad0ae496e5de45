import type { TabEngine } from "../engine.ts";
import { type IntakeProgress, takeIn } from "../files/intake.ts";
import { entryIds, type Ledger, type LedgerRecord } from "../files/ledger.ts";
import { mendLedger } from "../files/mend-ledger.ts";
import { filesOfDrop, filesOfInput, type Picked, type SkippedFile } from "../files/picked-file.ts";
import { unlessReading, whileReading } from "../files/reading-lock.ts";
import { element, part } from "./element.ts";
import { outcomeOf } from "./outcome.ts";
import { hideTrouble, showTrouble } from "./trouble.ts";
import { bytesInWords, counted, withCommas } from "./words.ts";

export interface FilesViewParts {
  engine(): Promise<TabEngine>;
  ledger(): Promise<Ledger>;
  /** Called when files are dropped anywhere on the page. */
  dropped(): void;
  /** Called when the stored files have changed. */
  changed(): void;
}

const MOST_LISTED = 300;
/** The delay before the list is read again: another tab's intake writes the ledger many times per second. */
const FOLLOW_MS = 200;

/** The visitor's files: drop, pickers, progress with cancel, the list with removal. One intake runs at a time. */
export class FilesView {
  readonly #parts: FilesViewParts;
  readonly #progress = part("progress", HTMLElement);
  readonly #bar = part("progress-bar", HTMLProgressElement);
  readonly #progressText = part("progress-text", HTMLElement);
  readonly #outcome = part("outcome", HTMLElement);
  readonly #skipped = part("skipped", HTMLDetailsElement);
  readonly #list = part("documents", HTMLUListElement);
  #running: AbortController | undefined;
  #following: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: FilesViewParts) {
    this.#parts = parts;
    this.#takeDrops();
    for (const id of ["pick-files", "pick-folder"]) this.#takePicks(part(id, HTMLInputElement));
    part("cancel", HTMLButtonElement).addEventListener("click", () => this.#running?.abort());
    part("clear", HTMLButtonElement).addEventListener("click", () => void this.#clear());
    this.#list.addEventListener("click", (event) => void this.#removeClicked(event.target));
  }

  /** Reads the ledger again. */
  async refresh(): Promise<void> {
    const records = await (await this.#parts.ledger()).list();
    records.sort((a, b) => b.addedAt - a.addedAt || a.path.localeCompare(b.path));
    this.#list.replaceChildren(...records.slice(0, MOST_LISTED).map(documentRow));
    const bytes = records.reduce((sum, record) => sum + record.bytes, 0);
    const more = records.length > MOST_LISTED ? `, the ${MOST_LISTED} newest are listed` : "";
    part("documents-count", HTMLElement).textContent = records.length
      ? `${counted(records.length, "document")}, ${bytesInWords(bytes)}${more}`
      : "";
    part("stored", HTMLElement).hidden = records.length === 0;
    part("mine-count", HTMLElement).textContent = records.length ? withCommas(records.length) : "";
  }

  /** Updates the list as other tabs change it. First it repairs the ledger if a page was closed while it read files. */
  async follow(): Promise<void> {
    const ledger = await this.#parts.ledger();
    ledger.onChange(() => {
      this.#following ??= setTimeout(() => {
        this.#following = undefined;
        this.refresh().catch((error: unknown) => showTrouble("The list of your files could not be read.", error));
      }, FOLLOW_MS);
    });
    await this.#mend().catch((error: unknown) =>
      showTrouble("The rest of an earlier version of a file could not be removed.", error),
    );
  }

  async #mend(): Promise<void> {
    const [engine, ledger] = await Promise.all([this.#parts.engine(), this.#parts.ledger()]);
    await unlessReading(async () => {
      if (!(await mendLedger(engine, ledger))) return;
      await this.refresh();
      this.#parts.changed();
    });
  }

  #takePicks(input: HTMLInputElement): void {
    input.addEventListener("change", () => {
      const picked = filesOfInput(input);
      // Reset, so that the same file can be picked again.
      input.value = "";
      void this.#take(picked);
    });
  }

  #takeDrops(): void {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    document.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      document.body.classList.add("dragging");
    });
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) document.body.classList.remove("dragging");
    });
    document.addEventListener("drop", (event) => {
      if (!event.dataTransfer || !hasFiles(event)) return;
      event.preventDefault();
      document.body.classList.remove("dragging");
      this.#parts.dropped();
      void filesOfDrop(event.dataTransfer).then((picked) => this.#take(picked));
    });
  }

  async #take({ files, unreadable }: Picked): Promise<void> {
    if (this.#running) return this.#say("Files are being read already. Wait for them, or cancel.");
    const running = new AbortController();
    this.#running = running;
    this.#show([]);
    this.#say("");
    hideTrouble();
    // Until the first report, nothing of the previous intake is shown.
    this.#bar.value = 0;
    this.#progressText.textContent = "";
    this.#progress.hidden = false;
    addEventListener("beforeunload", askBeforeLeaving);
    const rate = new Rate();
    try {
      const [engine, ledger] = await Promise.all([this.#parts.engine(), this.#parts.ledger()]);
      const onProgress = (progress: IntakeProgress) => this.#report(progress, rate);
      const options = { signal: running.signal, onProgress };
      const summary = await whileReading(() => takeIn(files, { engine, ledger }, options));
      this.#show([...unreadable, ...summary.skipped]);
      this.#say(outcomeOf(summary));
      if (summary.failure !== undefined) showTrouble("Not all files could be stored.", summary.failure);
    } catch (error) {
      this.#say("Nothing was stored.");
      showTrouble("No files could be stored.", error);
    } finally {
      this.#running = undefined;
      removeEventListener("beforeunload", askBeforeLeaving);
      this.#progress.hidden = true;
      await this.refresh();
      this.#parts.changed();
    }
  }

  #report(progress: IntakeProgress, rate: Rate): void {
    const { files, ofFiles, entries, bytes, ofBytes } = progress;
    this.#bar.max = Math.max(1, ofBytes);
    this.#bar.value = bytes;
    this.#progressText.textContent = `${withCommas(files)} of ${counted(ofFiles, "file")} · ${counted(
      entries,
      "entry",
      "entries",
    )} stored · ${rate.of(entries)} a second`;
  }

  #show(skipped: readonly SkippedFile[]): void {
    this.#skipped.hidden = skipped.length === 0;
    part("skipped-count", HTMLElement).textContent = `${counted(skipped.length, "file")} left out`;
    const rows = skipped.map(({ path, why }) => element("li", {}, element("b", { translate: "no" }, path), ` ${why}`));
    part("skipped-list", HTMLUListElement).replaceChildren(...rows);
  }

  #say(words: string): void {
    this.#outcome.textContent = words;
  }

  async #removeClicked(target: EventTarget | null): Promise<void> {
    const path = target instanceof HTMLButtonElement ? target.dataset.path : undefined;
    if (path !== undefined) await this.#remove([path]);
  }

  async #clear(): Promise<void> {
    if (!confirm("Remove all your files from Pipit? The files on your disk stay as they are.")) return;
    const records = await (await this.#parts.ledger()).list();
    await this.#remove(records.map(({ path }) => path));
  }

  async #remove(paths: readonly string[]): Promise<void> {
    try {
      const [engine, ledger] = await Promise.all([this.#parts.engine(), this.#parts.ledger()]);
      for (const path of paths) {
        const record = await ledger.get(path);
        if (!record) continue;
        await engine.remove(entryIds(record));
        await ledger.remove(path);
      }
      this.#say(`${counted(paths.length, "document")} removed.`);
    } catch (error) {
      showTrouble("Not everything could be removed.", error);
    }
    await this.refresh();
    this.#parts.changed();
  }
}

/** Asks before the page is left, because files that are being read would be stored only in part. */
function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function documentRow({ path, bytes, cut }: LedgerRecord): HTMLElement {
  const remove = element(
    "button",
    { type: "button", class: "quiet", "data-path": path, "aria-label": `Remove ${path}` },
    "Remove",
  );
  const size = element(
    "span",
    { class: "size" },
    cut ? `${bytesInWords(bytes)}, only its beginning` : bytesInWords(bytes),
  );
  return element("li", {}, element("span", { class: "path", translate: "no" }, path), size, remove);
}

/** The number of entries per second since its creation. */
class Rate {
  readonly #began = performance.now();

  of(entries: number): string {
    const seconds = Math.max(0.05, (performance.now() - this.#began) / 1000);
    return withCommas(Math.round(entries / seconds));
  }
}
