import { serveEncoder } from "./encoder-pool-server.ts";

const serve = serveEncoder((answer, transfer) => self.postMessage(answer, { transfer }));
self.onmessage = ({ data }) => serve(data);
