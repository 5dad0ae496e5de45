import { type CrewMember, serveCrew } from "./graph/crew.ts";

self.onmessage = ({ data }: MessageEvent<CrewMember>) => {
  serveCrew(data, () => self.postMessage("ready"));
  self.close();
};
