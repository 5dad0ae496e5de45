/** Importing this defines <pipit-search>. To define it under another name, import the class from `@pipit/widget/element`. */
import { PipitSearch } from "./pipit-search.ts";

export type { Messages } from "./messages.ts";
export type { Selection } from "./pipit-search.ts";
export { PipitSearch };

// A page may load the script twice; the first definition stays.
if (!customElements.get("pipit-search")) customElements.define("pipit-search", PipitSearch);
