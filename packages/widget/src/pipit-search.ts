import {
  type AddProgress,
  type Hit,
  isPipitError,
  type SearchEngine,
  type SearchResult,
  throwIfAborted,
} from "@pipit/core";
import type { Place } from "./combobox.ts";
import { ENGINE_ATTRIBUTES, engineFrom } from "./engine-from.ts";
import { EngineHolder } from "./engine-holder.ts";
import { english, type Messages } from "./messages.ts";
import { remedyOf, tellOwner } from "./remedy.ts";
import { SearchBox } from "./search-box.ts";
import { leaveShortcuts, type ShortcutChoice, type ShortcutTaker, takeShortcuts } from "./shortcut.ts";
import { View } from "./view.ts";

const MOST_HITS = 8;
const LOST = /^(storage-failed|closed)$/;

/** Detail of `pipit-select`. */
export interface Selection {
  readonly hit: Hit;
  /** Whether the reader asked for a new tab. */
  readonly newTab: boolean;
}

/**
 * Search by meaning: a trigger that opens a dialog with a field and its hits, or the field itself in the page.
 *
 * It asks the engine in its property `engine`, or else the one its attributes name, opened on first use.
 *
 * @element pipit-search
 * @attr source - URL of a JSON file [{ id, text, fields?: { title, url } }], searched in this tab
 * @attr starter - URL of the starter encoder's file; beside the script unless told; used with `source`
 * @attr edge - URL of a Pipit edge, searched there
 * @attr collection - collection on the edge; `default` unless told
 * @attr label - names the search, and the trigger with it
 * @attr placeholder - shown in the empty field
 * @attr inline - shows the field in the page, without trigger and dialog
 * @attr hits - most hits to show; 8 unless told
 * @attr min-score - least score of a hit that is shown, -1 to 1; none unless told
 * @attr shortcut - `mod` keeps Ctrl/Cmd+K and drops "/", `none` drops both
 * @prop {SearchEngine | undefined} engine - asked instead of what attributes name; stays the giver's to close
 * @prop {Messages} messages - words in another language; may be set in part
 * @fires pipit-open - the dialog opened
 * @fires pipit-close - the dialog closed
 * @fires {CustomEvent<SearchResult>} pipit-results - hits are on show
 * @fires {CustomEvent<unknown>} pipit-error - a search failed; detail is the error, whose reason the console has too
 * @fires {CustomEvent<Selection>} pipit-select - a hit was chosen; `preventDefault` keeps its link from being followed
 * @csspart trigger - the button that opens the dialog
 * @csspart dialog - the dialog
 * @csspart panel - field, hits and status together
 * @csspart input - the field
 * @csspart close - the dialog's close button
 * @csspart note - what stands where hits would be
 * @csspart list - the list of hits
 * @csspart hit - one hit
 * @csspart hit-title - its title
 * @csspart hit-passage - the passage that matched
 * @csspart score - the bar that shows its score
 * @csspart status - the live region
 * @cssprop --pipit-accent - colour of the active hit, marks and focus
 * @cssprop --pipit-surface - background of the panel
 * @cssprop --pipit-text - colour of text
 * @cssprop --pipit-muted - colour of secondary text
 * @cssprop --pipit-line - colour of hairlines
 * @cssprop --pipit-radius - radius of the panel's corners
 * @cssprop --pipit-font - font family; the page's unless told
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
    ...ENGINE_ATTRIBUTES,
  ];

  readonly #view = new View(this.attachShadow({ mode: "open" }));
  readonly #holder = new EngineHolder(() => this.#openEngine());
  readonly #box = this.#makeBox();
  #messages: Partial<Messages> = {};

  constructor() {
    super();
    const { trigger, dialog, closer } = this.#view.parts;
    trigger.addEventListener("click", () => this.show());
    closer.addEventListener("click", () => this.close());
    dialog.addEventListener("close", () => this.#closed());
    // The panel fills the dialog, so what lands on the dialog itself landed on its backdrop.
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

  /** Whether the dialog is open. */
  get open(): boolean {
    return this.#view.parts.dialog.open;
  }

  /** Opens the dialog; without one, moves the focus to the field. */
  show(): void {
    const { dialog, input } = this.#view.parts;
    this.#warmUp();
    if (!this.inline && !dialog.open) {
      dialog.showModal();
      this.dispatchEvent(new Event("pipit-open"));
    }
    input.focus();
    input.select();
  }

  close(): void {
    if (this.open) this.#view.parts.dialog.close();
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
    // An element that is only moved is connected again at once and keeps its engine.
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
      get language() {
        return element.closest<HTMLElement>("[lang]")?.lang || undefined;
      },
      ask: (query, signal) => this.#ask(query, signal),
      found: (result) => this.#tell("pipit-results", result),
      failed: (error) => this.#failed(error),
      chosen: (hit, place) => this.#chosen(hit, place),
      close: () => this.close(),
    });
  }

  #openEngine(): Promise<SearchEngine> {
    return engineFrom(
      (name) => this.getAttribute(name),
      (progress) => this.#sayProgress(progress),
    );
  }

  // Nobody hears of preparations before they wait for them.
  #sayProgress({ done, total }: AddProgress): void {
    if (this.#box.waiting) this.#view.say(this.messages.preparing(done, total));
  }

  // Opening begins while the reader types. Its failure is told by the search that needs it, which tries again.
  #warmUp(): void {
    if (ENGINE_ATTRIBUTES.some((name) => this.hasAttribute(name))) this.#holder.get().catch(() => undefined);
  }

  async #ask(query: string, signal: AbortSignal): Promise<SearchResult> {
    const engine = await this.#holder.get();
    throwIfAborted(signal);
    const k = Number(this.getAttribute("hits") ?? MOST_HITS);
    const least = this.getAttribute("min-score");
    const search = engine.search(query, { k, minScore: least === null ? undefined : Number(least), signal });
    return search.catch((error) => {
      // Such an engine is of no more use; the next search opens another.
      if (isPipitError(error) && LOST.test(error.code)) this.#holder.release();
      throw error;
    });
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

  // Composed, so that a page that keeps the element in a shadow tree of its own hears it too.
  #tell(name: string, detail: unknown): boolean {
    const cancelable = name === "pipit-select";
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable }));
  }

  #closed(): void {
    this.#takeFocusBack();
    // Chromium drops the focus of a field that went out of sight only after it has drawn, and may take ours with it.
    requestAnimationFrame(() => setTimeout(() => this.#takeFocusBack()));
    this.dispatchEvent(new Event("pipit-close"));
  }

  // The dialog gives the focus back to where it was. Where it was nowhere, some browsers leave it on the field that is
  // gone from sight; the trigger is the next best place.
  #takeFocusBack(): void {
    const { dialog, trigger } = this.#view.parts;
    const nowhere = document.activeElement === document.body || dialog.matches(":focus-within");
    if (nowhere && !this.open && this.isConnected) trigger.focus();
  }
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
