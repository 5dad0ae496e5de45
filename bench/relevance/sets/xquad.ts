import { readFileSync } from "node:fs";
import type { Language, RelevanceSet } from "../relevance-set.ts";

interface Paragraph {
  readonly context: string;
  readonly qas: readonly { readonly question: string }[];
}

/** The paragraphs of encyclopedia articles; the answer to a question is the paragraph that it was asked about. */
export function xquad(folder: string, language: Language): RelevanceSet {
  const file = readFileSync(`${folder}/xquad.${language}.json`, "utf8");
  const { data } = JSON.parse(file) as { data: { paragraphs: Paragraph[] }[] };
  const paragraphs = data.flatMap((article) => article.paragraphs);
  const ids = new Map<string, string>();
  for (const { context } of paragraphs) if (!ids.has(context)) ids.set(context, `paragraph-${ids.size + 1}`);
  return {
    name: `xquad-${language}`,
    language,
    documents: Array.from(ids, ([text, id]) => ({ id, text })),
    queries: paragraphs.flatMap(({ context, qas }) =>
      qas.map(({ question }) => ({ text: question, gains: new Map([[ids.get(context)!, 1]]) })),
    ),
  };
}
