import { exactIndex } from "@pipit/core";
import { vectorIndexContract } from "./vector-index.ts";

vectorIndexContract("the exact index", exactIndex);
