import { readFileSync } from "node:fs";
import { between } from "@pipit/test/fixtures/text-sets";
import type { RelevanceSet } from "../relevance-set.ts";

/**
 * Abstracts about aerodynamics and questions of engineers. The judgments number the questions by their position in the file, not by
 * <num>. Each abstract begins with its title.
 */
export function cranfield(folder: string): RelevanceSet {
  const read = (file: string) => readFileSync(`${folder}/${file}`, "utf8");
  const documents = read("cran.all.1400.xml");
  const [ids, titles, texts] = ["docno", "title", "text"].map((tag) => between(tag, documents));
  const gains = gainsByQuestion(read("cranqrel.trec.txt"));
  return {
    name: "cranfield",
    language: "en",
    documents: ids!.map((id, i) => ({ id, title: titles![i]!, text: texts![i]! })),
    queries: between("title", read("cran.qry.xml")).map((text, i) => ({ text, gains: gains.get(i + 1) ?? new Map() })),
  };
}

function gainsByQuestion(lines: string): Map<number, Map<string, number>> {
  const all = new Map<number, Map<string, number>>();
  for (const line of lines.trim().split("\n")) {
    const [question, , document, grade] = line.trim().split(/\s+/);
    const gains = all.get(Number(question)) ?? new Map<string, number>();
    if (Number(grade) > 0) gains.set(document!, Number(grade));
    all.set(Number(question), gains);
  }
  return all;
}
