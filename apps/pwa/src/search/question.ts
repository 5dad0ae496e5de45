export type Scope = "guide" | "mine" | "all";

/** The values to which the visitor narrowed the guide; an empty text sets no condition. */
export interface GuideChoice {
  readonly group: string;
  readonly region: string;
  /** The name of a range of sizes. */
  readonly size: string;
}

/** What the visitor asks. All of it is in the page's address. */
export interface Question {
  readonly text: string;
  readonly scope: Scope;
  /** Used in the guide only. */
  readonly choice: GuideChoice;
}

export const NO_CHOICE: GuideChoice = { group: "", region: "", size: "" };

/** True if the guide is asked and narrowed. */
export function isNarrowed({ scope, choice }: Question): boolean {
  return scope === "guide" && Object.values(choice).some((value) => value !== "");
}

/** A bird of the guide, or a part of one of the visitor's documents, that is opened for reading. */
export type OpenPage = { readonly bird: string } | { readonly path: string; readonly part: number };

/** A place in the app: a question, and the page that is opened over its hits, if any. */
export interface Place {
  readonly question: Question;
  readonly page?: OpenPage | undefined;
}
