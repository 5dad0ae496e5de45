import { exactIndex } from "@pipit/core";
import { type Rival, rivalOfKind } from "./rival.ts";

/** Core's scan, which needs no graph. Each search reads every row, so few queries are used. */
export const rival: Rival = { ...rivalOfKind(async () => exactIndex), askedQueries: 50, fixedEf: 0 };
