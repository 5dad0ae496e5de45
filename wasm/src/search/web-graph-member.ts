import { type PoolMember, servePool } from "./graph/thread-pool.ts";

self.onmessage = ({ data }: MessageEvent<PoolMember>) => {
  servePool(data, () => self.postMessage("ready"));
  self.close();
};
