import type { GuideChapter } from "./species.ts";

const files = import.meta.glob<GuideChapter>("../../guide/*.json", { eager: true, import: "default" });

/** The whole field guide. It is in a chunk of its own, so that the page is shown before the guide is loaded. */
export const chapters: readonly GuideChapter[] = Object.values(files);
