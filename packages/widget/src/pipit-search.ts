import { type AddProgress, type Hit, isPipitError, type SearchEngine, type SearchResult } from "@pipit/core";
import type { Place } from "./combobox.ts";
import { ENGINE_ATTRIBUTES, engineFrom, missingPart } from "./engine-from.ts";
import { EngineHolder } from "./engine-holder.ts";
import type { AskFor, FacetBar } from "./facet-bar.ts";
import { english, type Messages } from "./messages.ts";
import { numberAttribute } from "./number-attribute.ts";
import { remedyOf, tellOwner } from "./remedy.ts";
import { SearchBox } from "./search-box.ts";
import { leaveShortcuts, type ShortcutChoice, type ShortcutTaker, takeShortcuts } from "./shortcut.ts";
import { View } from "./view.ts";

const MOST_HITS = 8;
/** Equal to `LIMITS.hits` of the engine. The object of all limits would add a third of a kilobyte to every page. */
const LIMIT_OF_HITS = 1000;
/** Hits are renewed at most this often while entries are taken in. */
const RENEW_MS = 700;
const LOST = /^(storage-failed|closed)$/;

/** Detail of `pipit-select`. */
export interface Selection {
  readonly hit: Hit;
  /** True if the reader asked for a new tab. */
  readonly newTab: boolean;
}

/**
 * Search by meaning: a trigger that opens a dialog with a field and its hits, or the field itself in the page.
 *
 * It uses the engine in its property `engine`, or else one for its attributes, which it opens on first use.
 *
 * @element pipit-search
 * @attr source - URL of a JSON file [{ id, text, fields?: { title, url } }], searched in this tab
 * @attr starter - URL of the starter encoder's file, used with `source`; default: beside the script
 * @attr edge - URL of a Pipit edge, searched there
 * @attr collection - collection on the edge; default `default`
 * @attr label - name of the search and of the trigger
 * @attr placeholder - shown in the empty field
 * @attr inline - shows the field in the page, without trigger and dialog
 * @attr hits - most hits to show; default 8
 * @attr min-score - least probability, 0 to 1, that a shown hit answers the query; default none
 * @attr facets - fields of the entries, separated by commas, by whose values a reader may narrow the search; counts are of the 100 best hits
 * @attr shortcut - `mod` keeps Ctrl/Cmd+K and drops "/", `none` drops both
 * @prop {SearchEngine | undefined} engine - replaces the engine of the attributes; its owner closes it
 * @prop {Messages} messages - texts in another language; may be set in part
 * @fires pipit-open - the dialog opened
 * @fires pipit-close - the dialog closed
 * @fires {CustomEvent<SearchResult>} pipit-results - hits are shown
 * @fires {CustomEvent<unknown>} pipit-error - a search failed; detail is the error, which is also written to the console
 * @fires {CustomEvent<Selection>} pipit-select - a hit was chosen; `preventDefault` keeps its link from being followed
 * @csspart trigger - the button that opens the dialog
 * @csspart dialog - the dialog
 * @csspart panel - field, hits and status together
 * @csspart input - the field
 * @csspart close - the dialog's close button
 * @csspart facets - the lists that narrow the search
 * @csspart facet - one of them
 * @csspart note - the note in place of hits, or above those that are no good match
 * @csspart list - the list of hits
 * @csspart hit - one hit
 * @csspart hit-title - its title
 * @csspart hit-passage - the passage that matched
 * @csspart match - says of a hit that only its words were compared
 * @csspart status - the live region
 * @cssprop --pipit-accent - colour of the active hit, marks and focus
 * @cssprop --pipit-surface - background of the panel
 * @cssprop --pipit-text - colour of text
 * @cssprop --pipit-muted - colour of secondary text
 * @cssprop --pipit-line - colour of hairlines
 * @cssprop --pipit-radius - radius of the panel's corners
 * @cssprop --pipit-font - font family; default: the page's
 * @cssprop --pipit-trigger-width - least width of the trigger
 */
export class PipitSearch extends HTMLElement implements ShortcutTaker {
  static readonly observedAttributes: readonly string[] = [
    "label",
    "placeholder",
    "inline",
    "shortcut",
    "hits",
    "min-score",
    "facets",
    ...ENGINE_ATTRIBUTES,
  ];

  readonly #view = new View(this.attachShadow({ mode: "open" }));
  readonly #holder = new EngineHolder((signal, use) => this.#openEngine(signal, use));
  readonly #box = this.#makeBox();
  #messages: Partial<Messages> = {};
  #preparing: string | undefined;
  #renewed = 0;
  #facetBar: FacetBar | undefined;

  constructor() {
    super();
    const { trigger, dialog, closer, input } = this.#view.parts;
    // The reader goes on typing meanwhile.
    for (const begun of ["pointerdown", "input"]) input.addEventListener(begun, () => this.#warmUp());
    trigger.addEventListener("click", () => this.show());
    closer.addEventListener("click", () => this.close());
    dialog.addEventListener("close", () => this.#closed());
    // The panel fills the dialog: a press on the dialog itself is one on its backdrop.
    dialog.addEventListener("pointerdown", (event) => event.target === dialog && this.close());
  }

  get engine(): SearchEngine | undefined {
    return this.#holder.given;
  }

  set engine(engine: SearchEngine | undefined) {
    this.#holder.give(engine);
    if (this.isConnected) this.#box.start();
  }

  get messages(): Messages {
    const words = { ...english, ...this.#messages };
    const label = this.getAttribute("label") ?? words.label;
    return { ...words, label, placeholder: this.getAttribute("placeholder") ?? words.placeholder };
  }

  set messages(messages: Partial<Messages>) {
    this.#messages = messages;
    if (this.isConnected) this.#refresh();
  }

  get shortcut(): ShortcutChoice {
    const choice = this.getAttribute("shortcut");
    return choice === "mod" || choice === "none" ? choice : "all";
  }

  get inline(): boolean {
    return this.hasAttribute("inline");
  }

  /** True if the dialog is open. */
  get open(): boolean {
    return this.#view.parts.dialog.open;
  }

  /** Opens the dialog. With the attribute `inline` it moves the focus to the field. */
  show(): void {
    const { dialog, input } = this.#view.parts;
    this.#warmUp();
    if (!this.inline && !dialog.open) {
      dialog.showModal();
      // The hits from its last opening may be outdated.
      this.#box.start();
      this.dispatchEvent(new Event("pipit-open"));
    }
    input.focus();
    input.select();
  }

  close(): void {
    this.#view.parts.dialog.close();
  }

  get isRendered(): boolean {
    return this.checkVisibility();
  }

  takeShortcut(): void {
    this.show();
  }

  override focus(options?: FocusOptions): void {
    const { trigger, input } = this.#view.parts;
    (this.inline || this.open ? input : trigger).focus(options);
  }

  connectedCallback(): void {
    this.#adoptEarly("engine");
    this.#adoptEarly("messages");
    this.#view.arrange(this.inline ? "inline" : "dialog");
    this.#refresh();
    takeShortcuts(this);
  }

  disconnectedCallback(): void {
    leaveShortcuts(this);
    this.#box.stop();
    // An element that is moved is connected again at once and keeps its engine.
    queueMicrotask(() => this.isConnected || this.#holder.release());
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.isConnected || before === after) return;
    if (name === "inline") this.#view.arrange(this.inline ? "inline" : "dialog");
    if (ENGINE_ATTRIBUTES.includes(name)) this.#holder.release();
    this.#refresh();
  }

  // A property set before the element was defined hides the accessor until it is set again.
  #adoptEarly(name: "engine" | "messages"): void {
    if (!Object.hasOwn(this, name)) return;
    const early = Reflect.get(this, name);
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, early);
  }

  #refresh(): void {
    this.#view.word({ messages: this.messages, shortcut: this.shortcut });
    this.#box.start();
  }

  #makeBox(): SearchBox {
    const element = this;
    return new SearchBox(this.#view, {
      get messages() {
        return element.messages;
      },
      get invitation() {
        return element.inline ? "" : element.messages.invitation;
      },
      get preparing() {
        return element.#preparing;
      },
      ask: (query, signal) => this.#ask(query, signal),
      found: (result) => this.#tell("pipit-results", result),
      failed: (error) => this.#failed(error),
      chosen: (hit, place) => this.#chosen(hit, place),
      close: () => this.close(),
    });
  }

  #openEngine(signal: AbortSignal, onUsable: (engine: SearchEngine) => void): Promise<SearchEngine> {
    return engineFrom((name) => this.getAttribute(name), {
      onProgress: (progress) => this.#sayProgress(progress),
      onUsable,
      signal,
    }).then((engine) => {
      // After the holder knows the engine.
      setTimeout(() => this.#whole());
      return engine;
    });
  }

  // Progress is shown only while a search waits for it. Hits are renewed now and then.
  #sayProgress({ done, total }: AddProgress): void {
    this.#preparing = this.messages.preparing(done, total);
    if (this.#box.waiting) this.#view.say(this.#preparing);
    const now = performance.now();
    if (now - this.#renewed < RENEW_MS) return;
    this.#renewed = now;
    this.#box.renew();
  }

  #whole(): void {
    if (this.#preparing === undefined) return;
    this.#preparing = undefined;
    this.#box.renew();
  }

  // Opening begins while the reader types. The next search tries again and shows a failure.
  #warmUp(): void {
    if (ENGINE_ATTRIBUTES.some((name) => this.hasAttribute(name))) this.#holder.get().catch(() => undefined);
  }

  async #ask(query: string, signal: AbortSignal): Promise<SearchResult> {
    const engine = await this.#holder.get();
    const k = numberAttribute(this, "hits", { least: 1, most: LIMIT_OF_HITS, isWhole: true }) ?? MOST_HITS;
    const minScore = numberAttribute(this, "min-score", { least: 0, most: 1 });
    const ask: AskFor = (options) => this.#keptOpen(engine.search(query, { ...options, minScore, signal }));
    const facets = await this.#facets();
    return facets ? facets.search(k, this.messages, ask) : ask({ k });
  }

  async #keptOpen(search: Promise<SearchResult>): Promise<SearchResult> {
    return search.catch((error) => {
      // This engine cannot be used any more; the next search opens a new one.
      if (isPipitError(error) && LOST.test(error.code)) this.#holder.release();
      throw error;
    });
  }

  /** The lists of the attribute `facets`, whose code is loaded with the first search that has them. */
  async #facets(): Promise<FacetBar | undefined> {
    const fields = namesIn(this.getAttribute("facets"));
    if (fields.length === 0) {
      this.#facetBar?.node.remove();
      this.#facetBar = undefined;
      return undefined;
    }
    const { FacetBar } = await import("./facet-bar.ts").catch(missingPart);
    this.#facetBar ??= new FacetBar(() => this.#box.start());
    this.#facetBar.narrowBy(fields);
    if (!this.#facetBar.node.isConnected) this.#view.parts.head.after(this.#facetBar.node);
    return this.#facetBar;
  }

  #failed(error: unknown): string {
    this.#tell("pipit-error", error);
    tellOwner(error);
    return this.messages.advice(remedyOf(error, this.#holder.state));
  }

  #chosen(hit: Hit, place: Place): boolean {
    const selection: Selection = { hit, newTab: place === "new-tab" };
    const follow = this.#tell("pipit-select", selection);
    if (place === "here") this.close();
    return follow;
  }

  // Composed, so that the event also leaves a shadow tree of the page.
  #tell(name: string, detail: unknown): boolean {
    const cancelable = name === "pipit-select";
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable }));
  }

  #closed(): void {
    // Chromium drops the focus of a hidden field only after the next frame, and might then drop one that was given before.
    requestAnimationFrame(() => setTimeout(() => this.#takeFocusBack()));
    this.dispatchEvent(new Event("pipit-close"));
  }

  // The dialog returns the focus to the element that had it. If none had it, some browsers leave it on the hidden field; then the
  // trigger gets it.
  #takeFocusBack(): void {
    const { dialog, trigger } = this.#view.parts;
    const nowhere = document.activeElement === document.body || dialog.matches(":focus-within");
    if (nowhere) trigger.focus();
  }
}

function namesIn(list: string | null): string[] {
  const names = (list ?? "").split(",").map((name) => name.trim());
  return [...new Set(names)].filter((name) => name !== "");
}

declare global {
  interface HTMLElementTagNameMap {
    "pipit-search": PipitSearch;
  }
  interface HTMLElementEventMap {
    "pipit-select": CustomEvent<Selection>;
    "pipit-results": CustomEvent<SearchResult>;
    "pipit-error": CustomEvent<unknown>;
  }
}
