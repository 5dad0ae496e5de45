import { part } from "./element.ts";
import { hideTrouble, onTrouble } from "./trouble.ts";

/**
 * Offers to reload when a new version of the app was put in place of the one this page was loaded from. The service worker
 * says so, and goes on serving the old files until the visitor agrees. Where there is none, a file that is gone does: a failed
 * import or worker start is a reason to look whether the server's page is still made of this page's script.
 */
export class VersionOffer {
  #registration: ServiceWorkerRegistration | undefined;
  #looking: Promise<void> | undefined;

  constructor() {
    part("reload", HTMLButtonElement).addEventListener("click", () => void this.#reload());
    const look = () => void this.look();
    addEventListener("vite:preloadError", look);
    addEventListener("unhandledrejection", look);
    onTrouble(look);
    // Another tab took the new version: the old files are gone for this one too.
    const first = navigator.serviceWorker?.controller ?? undefined;
    navigator.serviceWorker?.addEventListener("controllerchange", () => first && this.#offer());
  }

  watch(registration: ServiceWorkerRegistration): void {
    this.#registration = registration;
    if (registration.waiting) this.#offer();
    registration.addEventListener("updatefound", () => {
      const next = registration.installing;
      next?.addEventListener(
        "statechange",
        () => registration.waiting === next && registration.active && this.#offer(),
      );
    });
    document.addEventListener("visibilitychange", () => {
      // Offline it cannot be looked for, which is no fault.
      if (!document.hidden) registration.update().catch(() => undefined);
    });
  }

  /** Offers the reload when the server has another version. One look at a time. */
  async look(): Promise<void> {
    this.#looking ??= serverHasAnother()
      .then((another) => (another ? this.#offerInstead() : undefined))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  // What failed is explained by it, and mended by the reload.
  #offerInstead(): void {
    this.#offer();
    hideTrouble();
  }

  #offer(): void {
    part("new-version", HTMLElement).hidden = false;
  }

  async #reload(): Promise<void> {
    await this.#registration?.update().catch(() => undefined);
    const next = this.#registration?.waiting ?? this.#registration?.installing;
    if (!next) return location.reload();
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    await installed(next);
    next.postMessage({ type: "SKIP_WAITING" });
  }
}

function installed(worker: ServiceWorker): Promise<void> {
  if (worker.state !== "installing") return Promise.resolve();
  return new Promise((resolve) => worker.addEventListener("statechange", () => resolve(), { once: true }));
}

/** False where it cannot be known: without a network no other version can be loaded either. */
async function serverHasAnother(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.src.split("/").at(-1);
  // The query leads past the service worker, which has the old page.
  const address = new URL(`?version=${Date.now()}`, document.baseURI);
  try {
    const response = await fetch(address, { cache: "no-store" });
    if (!own || !response.ok) return false;
    const page = await response.text();
    return page.includes('id="new-version"') && !page.includes(own);
  } catch {
    return false;
  }
}
