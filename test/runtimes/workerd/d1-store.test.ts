import { env } from "cloudflare:workers";
import { openD1, openSqlStore } from "@pipit/edge/worker";
import { entryStoreContract } from "../../contracts/entry-store.ts";

let homes = 0;

entryStoreContract("D1 in workerd", async () => {
  const database = await openD1(env.DB);
  const name = `birds-${++homes}`;
  return { open: (space) => openSqlStore(database, name, space) };
});
