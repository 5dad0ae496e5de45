import { LISTING_FILE, listingText, MINILM, placesOf } from "@pipit/core";
import type { Plugin } from "vite";

/** Says in a build that no model lies beside it, so that pages ask for none. `pipit models pull` says anew what does. */
export function modelListing(): Plugin {
  const none = new Map(placesOf(MINILM).map(({ path }) => [path, null]));
  return {
    name: "pipit-model-listing",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: `models/${LISTING_FILE}`, source: listingText(none) });
    },
  };
}
