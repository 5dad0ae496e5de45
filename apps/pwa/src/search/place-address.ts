import type { OpenPage, Place, Scope } from "./question.ts";

/** The query of a place's address: "?q=owls&group=Owls"; empty for the start of the app. */
export function addressOf({ question, page }: Place): string {
  const { text, scope, choice } = question;
  const query = new URLSearchParams();
  const set = (name: string, value: string) => value !== "" && query.set(name, value);
  set("q", text.trim());
  set("in", scope === "guide" ? "" : scope);
  if (scope === "guide") for (const [name, value] of Object.entries(choice)) set(name, value);
  if (page && "bird" in page) set("bird", page.bird);
  if (page && "path" in page) {
    set("file", page.path);
    set("part", page.part > 1 ? String(page.part) : "");
  }
  return query.size > 0 ? `?${query}` : "";
}

/** The place that an address names. What it does not name, or names wrongly, is as at the start of the app. */
export function placeOf(address: string): Place {
  const query = new URLSearchParams(address);
  const value = (name: string) => query.get(name) ?? "";
  const choice = { group: value("group"), region: value("region"), size: value("size") };
  return { question: { text: value("q"), scope: scopeOf(value("in")), choice }, page: pageOf(value) };
}

function scopeOf(name: string): Scope {
  return name === "mine" || name === "all" ? name : "guide";
}

function pageOf(value: (name: string) => string): OpenPage | undefined {
  if (value("bird") !== "") return { bird: value("bird") };
  if (value("file") === "") return undefined;
  const part = Number(value("part"));
  return { path: value("file"), part: Number.isInteger(part) && part > 0 ? part : 1 };
}
