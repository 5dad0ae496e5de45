import { serveTab } from "./host.ts";
import { shippedParts } from "./shipped-parts.ts";

serveTab(shippedParts);
