import { serveTab } from "./serve-tab.ts";
import { shippedParts } from "./shipped-parts.ts";

serveTab(shippedParts);
