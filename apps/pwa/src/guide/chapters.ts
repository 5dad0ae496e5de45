import type { GuideChapter } from "./species.ts";

const files = import.meta.glob<GuideChapter>("../../guide/*.json", { eager: true, import: "default" });

/** The whole field guide. Loaded by the first visit and by the first after the guide has changed, by no other. */
export const chapters: readonly GuideChapter[] = Object.values(files);
