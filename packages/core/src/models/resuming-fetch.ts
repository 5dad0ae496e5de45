import { joinedBytes } from "../joined-bytes.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import type { FetchLike, ReaderLike, ResponseLike } from "./http-source.ts";

// Each part is one write: small, so that little is lost when the page closes, but not so small that there are many.
const PART_BYTES = 1024 * 1024;
const VERSION = 1;

/** The received size of a file. Its parts are stored beside this record, numbered from 0. */
interface Arrived {
  readonly version: number;
  /** A strong ETag, or Last-Modified: only a file that still has it may be resumed. */
  readonly validator: string;
  readonly total: number;
  readonly parts: number;
  readonly bytes: number;
}

/**
 * A fetch that stores received parts, so that the next try resumes a download that was cut off or aborted. It asks by a range that is
 * valid for the same file only. A server without ranges, or with another file by now, sends the whole file.
 *
 * The parts are deleted when the file is complete. If parts cannot be stored, this is a plain fetch; it does not fail for that.
 */
export function resumingFetch(fetchLike: FetchLike, parts: ByteStore): FetchLike {
  return async (url, init) => {
    const kept = new KeptParts(parts, url);
    const arrived = await kept.arrived();
    // A browser asks another origin whether it takes a range, and some servers do not answer that. While there is no network, this
    // call fails too, and the parts stay.
    const fetchedWhole = async () => {
      const whole = await fetchLike(url, init);
      if (whole.ok) await kept.drop();
      return kept.watched(whole);
    };
    if (arrived) {
      const headers = { Range: `bytes=${arrived.bytes}-`, "If-Range": arrived.validator };
      const rest = await fetchLike(url, { ...init, headers }).catch((error) => {
        if (init.signal?.aborted) throw error;
      });
      if (!rest) return fetchedWhole();
      if (isRestOf(rest, arrived)) return kept.joined(rest, arrived);
      if (isBusy(rest)) return rest;
      await kept.drop();
      // A 200 has the whole file; 416 and other statuses have no part of it.
      if (rest.ok && rest.status !== 206) return kept.watched(rest);
    }
    return kept.watched(await fetchLike(url, init));
  };
}

/** The server may send the rest at the next try. */
function isBusy({ status }: ResponseLike): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function isRestOf({ status, headers }: ResponseLike, { bytes, total, validator }: Arrived): boolean {
  const range = headers.get("content-range") === `bytes ${bytes}-${total - 1}/${total}`;
  return status === 206 && range && (validatorOf(headers) ?? validator) === validator;
}

/** Weak ETags are left out: they do not promise equal bytes. */
function validatorOf(headers: ResponseLike["headers"]): string | undefined {
  const etag = headers.get("etag");
  if (etag && !etag.startsWith("W/")) return etag;
  return headers.get("last-modified") ?? undefined;
}

class KeptParts {
  readonly #store: ByteStore;
  readonly #url: string;

  constructor(store: ByteStore, url: string) {
    this.#store = store;
    this.#url = url;
  }

  async arrived(): Promise<Arrived | undefined> {
    try {
      const [bytes] = await this.#store.getMany([this.#keyOf("arrived")]);
      const arrived = bytes && (JSON.parse(new TextDecoder().decode(bytes)) as Arrived);
      return arrived?.version === VERSION && arrived.parts > 0 ? arrived : undefined;
    } catch {
      return undefined;
    }
  }

  async drop(): Promise<void> {
    const arrived = await this.arrived();
    const numbers = Array.from({ length: arrived?.parts ?? 0 }, (_, part) => this.#keyOf(part));
    await this.#store.deleteMany([this.#keyOf("arrived"), ...numbers]).catch(() => undefined);
  }

  /** The whole file, of which the first parts come from the store. */
  joined(rest: ResponseLike, arrived: Arrived): ResponseLike {
    const read = (part: number) => this.#part(part);
    let next = 0;
    const first: ReaderLike = {
      read: async () => (next < arrived.parts ? { done: false, value: await read(next++) } : { done: true }),
    };
    const saved = this.#saving(readerOf(rest), arrived);
    return whole(rest, [first, saved], arrived.total);
  }

  /** The unchanged response. Its bytes are stored on the way if the download could be resumed. */
  watched(response: ResponseLike): ResponseLike {
    const { ok, status, headers, body } = response;
    const [validator, total] = [validatorOf(headers), Number(headers.get("content-length") ?? Number.NaN)];
    const isPlain = !headers.get("content-encoding") && !headers.get("content-type")?.startsWith("text/html");
    if (!ok || status !== 200 || !body || !validator || !isPlain || !(total > PART_BYTES)) return response;
    const nothing = { version: VERSION, validator, total, parts: 0, bytes: 0 };
    return whole(response, [this.#saving(body.getReader(), nothing)], total);
  }

  async #part(number: number): Promise<Uint8Array> {
    const [bytes] = await this.#store.getMany([this.#keyOf(number)]);
    if (bytes) return bytes;
    await this.drop();
    throw new Error(`part ${number} of ${this.#url} is gone from this device; the next try fetches all of it`);
  }

  /** Reads on and stores the bytes part by part, the last part also when reading fails. */
  #saving(reader: ReaderLike, arrived: Arrived): ReaderLike {
    let [state, waiting, size] = [arrived, [] as Uint8Array[], 0];
    const save = async () => {
      if (size === 0) return;
      const bytes = joinedBytes(waiting, size);
      const next = { ...state, parts: state.parts + 1, bytes: state.bytes + size };
      [waiting, size] = [[], 0];
      const note = new TextEncoder().encode(JSON.stringify(next));
      await this.#store.putMany([
        [this.#keyOf(state.parts), bytes],
        [this.#keyOf("arrived"), note],
      ]);
      state = next;
    };
    // After a failure to store, this is a plain fetch.
    let isSaving = true;
    const trySave = async () => {
      if (!isSaving) return;
      try {
        await save();
      } catch {
        isSaving = false;
      }
    };
    return {
      // A body that is too long is not the file, so its parts are deleted.
      cancel: () => Promise.all([this.drop(), reader.cancel?.()]).then(() => undefined),
      read: async () => {
        const read = await reader.read().catch(async (error) => {
          await trySave();
          throw error;
        });
        if (read.done) {
          await this.drop();
          return read;
        }
        if (read.value && isSaving) {
          waiting.push(read.value);
          size += read.value.length;
        }
        if (size >= PART_BYTES) await trySave();
        return read;
      },
    };
  }

  #keyOf(what: string | number): string {
    return `${this.#url}#${what}`;
  }
}

/** One response of several readers, one after another. */
function whole({ headers }: ResponseLike, readers: readonly ReaderLike[], total: number): ResponseLike {
  const lengths = { get: (name: string) => (name === "content-length" ? String(total) : headers.get(name)) };
  const reader = inTurn(readers);
  return {
    ok: true,
    status: 200,
    headers: lengths,
    body: { getReader: () => reader },
    arrayBuffer: async () => {
      const chunks: Uint8Array[] = [];
      for (let read = await reader.read(); !read.done; read = await reader.read())
        if (read.value) chunks.push(read.value);
      return joinedBytes(chunks, total).buffer;
    },
  };
}

function inTurn(readers: readonly ReaderLike[]): ReaderLike {
  let at = 0;
  return {
    cancel: async () => {
      for (const reader of readers.slice(at)) await reader.cancel?.();
    },
    async read() {
      for (; at < readers.length; at++) {
        const read = await readers[at]!.read();
        if (!read.done) return read;
      }
      return { done: true };
    },
  };
}

function readerOf(response: ResponseLike): ReaderLike {
  if (response.body) return response.body.getReader();
  let isRead = false;
  return {
    async read() {
      if (isRead) return { done: true };
      isRead = true;
      return { done: false, value: new Uint8Array(await response.arrayBuffer()) };
    },
  };
}
