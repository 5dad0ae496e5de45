import { placeOf } from "../search/place-address.ts";
import type { Place } from "../search/question.ts";

/** Calls `opened` for links to places of the app that are followed in this tab. The browser follows all others, as into a new tab. */
export function openLinks(within: HTMLElement, opened: (place: Place) => void): void {
  within.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    opened(placeOf(link.search));
  });
}
