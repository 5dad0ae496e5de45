/** FNV-1a over bytes. It detects a torn snapshot; it does not protect against forgery. */
export function checksum(bytes: Uint8Array): number {
  const sum = new Checksum();
  sum.add(bytes);
  return sum.value;
}

/** The same checksum over bytes that arrive in pieces. */
export class Checksum {
  #hash = 0x811c9dc5;

  get value(): number {
    return this.#hash >>> 0;
  }

  add(bytes: Uint8Array): void {
    let hash = this.#hash;
    for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    this.#hash = hash;
  }
}
