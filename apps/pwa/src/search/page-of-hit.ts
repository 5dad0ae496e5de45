import type { Hit } from "@pipit/core";
import type { OpenPage } from "./question.ts";

/** The page that a hit opens: the bird's, or its part of the visitor's document. */
export function pageOfHit({ id, entry: { fields } }: Hit): OpenPage {
  if (typeof fields?.path !== "string") return { bird: id };
  return { path: fields.path, part: typeof fields.part === "number" ? fields.part : 1 };
}
