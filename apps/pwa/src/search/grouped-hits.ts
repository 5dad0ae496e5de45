import type { Hit } from "@pipit/core";

/** The hits of one document: its best part, and the others in the order of their scores. A bird is a document of one part. */
export interface HitGroup<H extends Hit = Hit> {
  readonly best: H;
  readonly others: readonly H[];
}

/** Groups hits by document. Groups come in the order of their best hits. */
export function groupedHits<H extends Hit>(hits: readonly H[]): HitGroup<H>[] {
  const groups = new Map<string, { best: H; others: H[] }>();
  for (const hit of hits) {
    const group = groups.get(documentOf(hit));
    if (group) group.others.push(hit);
    else groups.set(documentOf(hit), { best: hit, others: [] });
  }
  return [...groups.values()];
}

function documentOf({ id, entry }: Hit): string {
  const path = entry.fields?.path;
  return typeof path === "string" ? `file ${path}` : `bird ${id}`;
}
