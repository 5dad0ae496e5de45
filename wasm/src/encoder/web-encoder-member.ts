import { serveEncoder } from "./encoder-crew-server.ts";

const serve = serveEncoder((answer, transfer) => self.postMessage(answer, { transfer }));
self.onmessage = ({ data }) => serve(data);
