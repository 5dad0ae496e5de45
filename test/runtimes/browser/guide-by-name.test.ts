import { guideByNameContract } from "../../contracts/guide-by-name.ts";
import { usePages } from "./open-page.ts";
import { remoteEngine } from "./remote-engine.ts";

const pages = usePages();

guideByNameContract("in a tab's worker", async () => remoteEngine(await pages.open(), { name: "guide" }));
