import { addressOf, placeOf } from "../search/place-address.ts";
import type { Place } from "../search/question.ts";

/** Marks history entries to which this page went itself: before them is an entry of the app. */
const OURS = { pipit: "went here" };

/** The page's address as a place in the app. */
export class Address {
  /** `moved` is called when the visitor goes back or forward. */
  constructor(moved: (place: Place) => void) {
    addEventListener("popstate", () => moved(this.place));
  }

  get place(): Place {
    return placeOf(location.search);
  }

  /** Makes a history entry for the place, unless it is the present one. */
  go(place: Place): void {
    if (addressOf(place) !== addressOf(this.place)) write("pushState", place);
  }

  /** Replaces the present history entry, as for the next part of an opened document. */
  turnTo(place: Place): void {
    write("replaceState", place);
  }

  /** Leaves an opened page: goes back to where it was opened, or stays in the entry if the page was opened by its address. */
  leave(): void {
    if (history.state?.pipit === OURS.pipit) history.back();
    else write("replaceState", { question: this.place.question });
  }
}

function write(how: "pushState" | "replaceState", place: Place): void {
  const address = `${location.pathname}${addressOf(place)}`;
  try {
    history[how](how === "pushState" ? OURS : history.state, "", address);
  } catch {
    // A browser limits how often a page may do this, and some refuse it in a sandboxed frame. The app works without it.
  }
}
