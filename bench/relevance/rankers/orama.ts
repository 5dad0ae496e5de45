import { loadOrama, tokenizerOf } from "../orama-index.ts";
import type { OpenRanker } from "../ranker.ts";

/** Orama's full-text search. It compares beginnings of words, so that without stop words a short one matches nearly all documents. */
export const openOrama: OpenRanker = async ({ language, documents }) => {
  const orama = await loadOrama();
  const schema = { title: "string", text: "string" };
  const index = orama.create({ schema, components: { tokenizer: await tokenizerOf(language) } });
  await orama.insertMultiple(
    index,
    documents.map(({ id, title = "", text }) => ({ id, title, text })),
  );
  const rank = async (term: string, k: number) => {
    const { hits } = await orama.search(index, { term, limit: k });
    return hits.map(({ id }) => id);
  };
  return { name: "orama", rank };
};
