import { SPACELESS, type Term } from "../words/folded-words.ts";

// Longer terms are unbroken sequences, such as DNA or one letter repeated. The trie would compare one at every position of a similar text,
// which takes seconds, so the JavaScript engine's string search finds them.
const LONGEST_WORD = 64;

// Within such a sequence a shorter term occurs by chance: "cat" is in most lines of DNA.
const LEAST_IN_RUN = 8;

// Word boundaries of scripts with spaces: no letter of such a script is before a word or after it.
const GOES_ON = new RegExp(`(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}]$`, "u");
const GOES_ON_AFTER = new RegExp(`^(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}]`, "u");

// A number or a word of one or two letters is the beginning of many words: it must match a whole word. Hangul is excepted: there one
// letter is a syllable, and particles are attached to words of one syllable.
const MUST_BE_WHOLE = /^(?:\p{N}+|(?!\p{Script=Hangul}).{1,2})$/u;

// The shortest contiguous match that is significant. A shorter one may be chance: two letters in scripts without spaces, or a word like "for".
const LEAST_STRETCH = 4;
const LEAST_STRETCH_SPACELESS = 3;
const BEGINS_SPACELESS = new RegExp(`^[${SPACELESS}]`, "u");

export interface MatchedText {
  readonly folded: string;
  /** True for a text with a long unbroken sequence of letters, in which terms that are not short may begin anywhere. */
  readonly isRun: boolean;
}

export interface Match {
  /** The share of the terms that occur, 0 to 1. */
  readonly share: number;
  /** The number of UTF-16 units of the text that the terms cover. */
  readonly covered: number;
  /** True if they cover more letters in a row than chance explains. */
  readonly isSignificant: boolean;
}

interface Occurrence {
  readonly at: number;
  readonly end: number;
}

/** A node of the trie of terms, by their UTF-16 units. */
interface Node {
  readonly next: Map<number, Node>;
  /** The number of the term that ends here. */
  term?: number;
}

/** Finds the terms of one query in many texts, in one pass over each text: many terms take little longer than one. */
export class TermMatcher {
  readonly #terms: readonly Term[];
  readonly #wholes: readonly boolean[];
  readonly #root: Node = { next: new Map() };
  /** Numbers of the long terms. */
  readonly #long: number[] = [];
  /** The last text in which each term was found, and the last group of texts. */
  readonly #foundIn: Uint32Array;
  readonly #foundInGroup: Uint32Array;
  #text = 0;
  #group = 0;
  #found = 0;
  #foundOfGroup = 0;

  constructor(terms: readonly Term[]) {
    this.#terms = terms;
    this.#wholes = terms.map(({ text }) => MUST_BE_WHOLE.test(text));
    this.#foundIn = new Uint32Array(terms.length);
    this.#foundInGroup = new Uint32Array(terms.length);
    for (const [i, { text }] of terms.entries()) {
      if (text.length > LONGEST_WORD) this.#long.push(i);
      else this.#nodeOf(text).term = i;
    }
  }

  /** The share of the terms in each text, and in all of them together. */
  matchAll(texts: readonly MatchedText[]): { readonly each: readonly Match[]; readonly all: Match } {
    this.#group++;
    this.#foundOfGroup = 0;
    const each = texts.map((text) => this.match(text));
    const covered = each.reduce((sum, match) => sum + match.covered, 0);
    const isSignificant = each.some((match) => match.isSignificant);
    return { each, all: { share: this.#shareOf(this.#foundOfGroup), covered, isSignificant } };
  }

  match(text: MatchedText): Match {
    const { folded } = text;
    this.#text++;
    this.#found = 0;
    const longOnes = this.#long.length > 0 ? this.#longOccurrences(text) : [];
    let next = 0;
    let covered = 0;
    let start = 0;
    let end = 0;
    let isSignificant = false;
    for (let at = 0; at < folded.length; at++) {
      const first = this.#root.next.get(folded.charCodeAt(at));
      let reach = first ? this.#longestEnd(text, at, first) : 0;
      for (; longOnes[next]?.at === at; next++) reach = Math.max(reach, longOnes[next]!.end);
      if (reach <= end) continue;
      covered += reach - Math.max(at, end);
      if (at > end) start = at;
      end = reach;
      isSignificant ||= isLongEnough(folded, start, end);
    }
    return { share: this.#shareOf(this.#found), covered, isSignificant };
  }

  #shareOf(found: number): number {
    return found === 0 ? 0 : found / this.#terms.length;
  }

  #nodeOf(text: string): Node {
    let node = this.#root;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      let next = node.next.get(unit);
      if (!next) {
        next = { next: new Map() };
        node.next.set(unit, next);
      }
      node = next;
    }
    return node;
  }

  /** The end of the longest term that begins here; 0 if none does. */
  #longestEnd(text: MatchedText, at: number, first: Node): number {
    let longest = 0;
    let begins: boolean | undefined;
    let end = at + 1;
    for (let node: Node | undefined = first; node; node = node.next.get(text.folded.charCodeAt(end++))) {
      if (node.term === undefined) continue;
      const term = this.#terms[node.term]!;
      if (!mayBeAnywhere(text, term)) {
        begins ??= wordMayBegin(text.folded, at);
        if (!begins || (this.#wholes[node.term] && GOES_ON_AFTER.test(text.folded.slice(end, end + 2)))) continue;
      }
      this.#note(node.term);
      longest = end;
    }
    return longest;
  }

  /** Sorted by position. Occurrences of one term do not overlap, so that JavaScript's own string search takes time linear in the text. */
  #longOccurrences(text: MatchedText): Occurrence[] {
    const found: Occurrence[] = [];
    for (const i of this.#long) {
      const term = this.#terms[i]!;
      const { length } = term.text;
      for (let at = text.folded.indexOf(term.text); at >= 0; ) {
        const begins = mayBeAnywhere(text, term) || wordMayBegin(text.folded, at);
        if (begins) {
          this.#note(i);
          found.push({ at, end: at + length });
        }
        at = text.folded.indexOf(term.text, at + (begins ? length : 1));
      }
    }
    return found.sort((a, b) => a.at - b.at);
  }

  #note(term: number): void {
    if (this.#foundIn[term] === this.#text) return;
    this.#foundIn[term] = this.#text;
    this.#found++;
    if (this.#foundInGroup[term] === this.#group) return;
    this.#foundInGroup[term] = this.#group;
    this.#foundOfGroup++;
  }
}

function isLongEnough(text: string, start: number, end: number): boolean {
  if (end - start >= LEAST_STRETCH) return true;
  return end - start >= LEAST_STRETCH_SPACELESS && BEGINS_SPACELESS.test(text.slice(start, end));
}

function mayBeAnywhere({ isRun }: MatchedText, { text, anywhere }: Term): boolean {
  return anywhere || (isRun && text.length >= LEAST_IN_RUN);
}

function wordMayBegin(text: string, at: number): boolean {
  return !GOES_ON.test(text.slice(Math.max(0, at - 2), at));
}
