import { exactIndex } from "@pipit/core";
import { type Rival, rivalOfKind } from "./rival.ts";

/** The scan of core that needs no graph; each answer looks at every row, so few are asked. */
export const rival: Rival = { ...rivalOfKind(async () => exactIndex), askedQueries: 50, fixedEf: 0 };
