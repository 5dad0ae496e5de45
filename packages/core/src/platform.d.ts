/**
 * The few globals that every runtime shares (browser, worker, Node, workerd) and that core uses.
 * Core compiles without DOM and Node types on purpose: core cannot use a name that is not declared here.
 */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(bytes: Uint8Array): string;
}
declare const performance: { now(): number };
declare function setTimeout(callback: () => void, milliseconds: number): number;
declare function clearTimeout(id: number): void;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T): T;
interface MessagePort {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}
declare class MessageChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;
}
declare function atob(base64: string): string;
/** ES2024: supported by Node 20, Chromium 111, Firefox 119, Safari 16.4 and workerd. */
interface String {
  isWellFormed(): boolean;
  toWellFormed(): string;
}
declare const crypto: {
  /** Missing on pages that are not a secure context. */
  readonly subtle?: { digest(name: "SHA-256", bytes: Uint8Array): Promise<ArrayBuffer> };
};
