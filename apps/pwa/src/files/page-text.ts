// Elements that browsers do not show, or do not show as text.
const DROPPED = new Set(
  "script style noscript noframes noembed title iframe object canvas audio video datalist rp".split(" "),
);
/** Elements within drawings and formulas. */
const NOT_DRAWN = new Set(
  "desc metadata defs symbol clipPath mask marker pattern linearGradient radialGradient filter annotation annotation-xml".split(
    " ",
  ),
);
const HTML = "http://www.w3.org/1999/xhtml";
const SVG = "http://www.w3.org/2000/svg";
const LINES = new Set(
  "address article aside center dd details dialog dir div dt fieldset figcaption footer form header hgroup legend li main menu nav option search section summary tr".split(
    " ",
  ),
);
/** Elements that end a paragraph, except after a line of text, whose paragraph they continue. */
const PARAGRAPHS = new Set("blockquote dl figure listing ol p pre table ul xmp".split(" "));
const HEADINGS = new Set("h1 h2 h3 h4 h5 h6 hr".split(" "));
/** Elements with a box of their own within a line. */
const APART = new Set(["td", "th", "button"]);
/** Values of `display` that put an element on lines of its own. */
const BLOCK_DISPLAY = /^(?:block|flow-root|flex|grid|table|table-row|list-item)(?: |$)/;
const VERBATIM = new Set(["pre", "listing", "xmp", "textarea"]);

interface Context {
  readonly verbatim: boolean;
  readonly visible: boolean;
}

/** The visible text of a page: title, then blocks as lines, with a space between cells and a blank line between paragraphs. */
export function pageText(page: Document): string {
  const writer = new LineWriter();
  writer.words(page.title);
  writer.breakLine(2);
  write(page.documentElement, writer, { verbatim: false, visible: true });
  return writer.text.trim();
}

function write(node: Node, writer: LineWriter, context: Context): void {
  for (const child of node.childNodes) {
    if (child instanceof CharacterData) writeText(child, writer, context);
    else if (child instanceof Element) writeElement(child, writer, context);
  }
}

function writeText(node: CharacterData, writer: LineWriter, { verbatim, visible }: Context): void {
  // Comments and processing instructions are character data too.
  if (node.nodeType !== Node.TEXT_NODE && node.nodeType !== Node.CDATA_SECTION_NODE) return;
  if (!visible || !isDrawn(node)) return;
  if (verbatim) writer.verbatim(node.data);
  else writer.words(node.data);
}

/** In a drawing only its elements `text` are shown. */
function isDrawn({ parentElement: around }: CharacterData): boolean {
  return around?.namespaceURI !== SVG || around.closest("text") !== null;
}

function writeElement(element: Element, writer: LineWriter, { verbatim, visible }: Context): void {
  const { localName: name } = element;
  const style = inlineStyle(element);
  const isHtml = element.namespaceURI === HTML;
  if (DROPPED.has(name) || !hasBox(element, style.display) || (!isHtml && NOT_DRAWN.has(name))) return;
  if (name === "br") writer.verbatim("\n");
  const isApart = APART.has(name) || style.display === "table-cell" || (!isHtml && name === "text");
  if (isApart) writer.space();
  const [before, after] = breaksOf(name, style.display);
  writer.breakLine(before);
  write(element, writer, { verbatim: verbatim || VERBATIM.has(name), visible: isVisible(style.visibility, visible) });
  writer.breakLine(after);
  if (isApart) writer.space();
}

/** Line ends before and after an element. */
function breaksOf(name: string, display: string): [number, number] {
  if (HEADINGS.has(name)) return [2, 2];
  if (PARAGRAPHS.has(name)) return [1, 2];
  return LINES.has(name) || BLOCK_DISPLAY.test(display) ? [1, 1] : [0, 0];
}

const NO_STYLE = { display: "", visibility: "" };

/** The declarations of the style attribute, parsed by the browser. A policy that forbids inline styles allows this. */
function inlineStyle(element: Element): Pick<CSSStyleDeclaration, "display" | "visibility"> {
  const declared = element.getAttribute("style");
  if (!declared) return NO_STYLE;
  const { style } = document.createElement("span");
  style.cssText = declared;
  return style;
}

function hasBox(element: Element, display: string): boolean {
  if (display && !display.startsWith("revert")) return display !== "none";
  if (element.localName === "dialog" && !element.hasAttribute("open")) return false;
  const hidden = element.getAttribute("hidden");
  return hidden === null || hidden.toLowerCase() === "until-found";
}

/** Visibility is inherited, but a descendant of an invisible element may be visible. */
function isVisible(visibility: string, inherited: boolean): boolean {
  if (visibility === "visible" || visibility === "initial") return true;
  return visibility === "hidden" || visibility === "collapse" ? false : inherited;
}

/** Collects text. White space is written only when text follows it. */
class LineWriter {
  text = "";
  #lines = 0;
  #gap = false;

  /** Writes text in which any white space becomes one space. */
  words(text: string): void {
    for (const part of text.split(/([ \t\n\r\f\u00a0]+)/)) {
      if (part === "") continue;
      if (/^[ \t\n\r\f\u00a0]/.test(part)) this.#gap = true;
      else this.#put(part);
    }
  }

  /** Writes text with its white space. */
  verbatim(text: string): void {
    for (const part of text.split(/(\r\n|\r|\n)/)) {
      if (/^[\r\n]/.test(part)) this.#lines += 1;
      else if (part.trim() === "") this.#gap ||= part !== "";
      else this.#put(part);
    }
  }

  /** Ensures at least `lines` line ends before the next text. */
  breakLine(lines: number): void {
    this.#lines = Math.max(this.#lines, lines);
  }

  space(): void {
    this.#gap = true;
  }

  #put(text: string): void {
    this.text += this.#lines > 0 ? "\n".repeat(Math.min(2, this.#lines)) : this.#gap ? " " : "";
    this.text += text;
    this.#lines = 0;
    this.#gap = false;
  }
}
