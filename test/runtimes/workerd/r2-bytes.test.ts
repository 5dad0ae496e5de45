import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createR2Bytes } from "@pipit/edge/worker";
import { byteStoreContract } from "../../contracts/byte-store.ts";

byteStoreContract("R2 in workerd", async () => {
  await reset();
  return createR2Bytes(env.SNAPSHOTS);
});
