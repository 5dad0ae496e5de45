import { createMemoryBytes } from "@pipit/core";
import { byteStoreContract } from "./byte-store.ts";

byteStoreContract("memory", async () => createMemoryBytes({ maxBytes: 1_000_000 }));
