import type { GuideChapter } from "./species.ts";

const files = import.meta.glob<GuideChapter>("../../guide/*.json", { eager: true, import: "default" });

/** The whole field guide. A chunk of its own, so that the page is there before it. */
export const chapters: readonly GuideChapter[] = Object.values(files);
