import type { ServerResponse } from "node:http";
import type { Connect } from "vite";

export interface HalfAsked {
  readonly range: string | undefined;
  /** The number of bytes of the body that were sent. */
  readonly sent: number;
}

/** The fate of the first answer after half of its bytes. */
export type Half = "ends" | "waits";

/** Serves a file whose first answer stops half way. It supports ranges and counts the bytes it sends. */
export class HalfServer {
  readonly asked: HalfAsked[] = [];
  readonly #bytes: Uint8Array;
  #half: Half | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Clears the record of requests; the next answer stops half way. */
  reset(half: Half): void {
    this.asked.length = 0;
    this.#half = half;
  }

  readonly answer: Connect.NextHandleFunction = (request, response) => {
    const { range } = request.headers;
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const total = this.#bytes.length;
    const half = this.#half;
    this.#half = undefined;
    const sent = this.#bytes.subarray(from, half ? total / 2 : total);
    this.asked.push({ range, sent: sent.length });
    response.setHeader("ETag", '"one"');
    response.setHeader("Content-Length", total - from);
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    if (range) response.setHeader("Content-Range", `bytes ${from}-${total - 1}/${total}`);
    response.statusCode = range ? 206 : 200;
    response.write(sent, () => ending(response, half));
  };
}

function ending(response: ServerResponse, half: Half | undefined): void {
  if (half === "ends") response.socket?.end();
  else if (half === undefined) response.end();
}
