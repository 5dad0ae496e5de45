import { knownFiles, LISTING_FILE, listingText } from "@pipit/core";
import type { Plugin } from "vite";

/** Adds an empty listing of models to a build, so that pages request none. `pipit models pull` replaces the listing. */
export function modelListing(): Plugin {
  const none = new Map(knownFiles().map(({ path }) => [path, null]));
  return {
    name: "pipit-model-listing",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: `models/${LISTING_FILE}`, source: listingText(none) });
    },
  };
}
