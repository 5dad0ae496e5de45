import { serviceWorkers } from "../offline.ts";
import { part } from "./element.ts";
import { hideTrouble, onTrouble } from "./trouble.ts";

/**
 * Offers to reload when a new version of the app was deployed. The service worker reports it, and serves the old files until the
 * visitor agrees. Without a service worker, a failed import or worker start is the sign: then the server's page is compared
 * with this page's script.
 */
export class VersionOffer {
  #registration: ServiceWorkerRegistration | undefined;
  #checking: Promise<void> | undefined;

  constructor() {
    part("reload", HTMLButtonElement).addEventListener("click", () => void this.#reload());
    const check = () => void this.check();
    onTrouble(check);
    // A failure of a promise that nothing awaits, such as that of the footer's figures, shows no message on the page.
    addEventListener("unhandledrejection", check);
    // Another tab adopted the new version: the old files are gone for this tab too.
    const workers = serviceWorkers();
    const first = workers?.controller ?? undefined;
    workers?.addEventListener("controllerchange", () => first && this.#offer());
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
      // The update fails offline, which is not an error.
      if (!document.hidden) registration.update().catch(() => undefined);
    });
  }

  /** Offers the reload if the server has another version. Only one check runs at a time. */
  async check(): Promise<void> {
    this.#checking ??= serverHasAnother()
      .then((another) => (another ? this.#offerInstead() : undefined))
      .finally(() => {
        this.#checking = undefined;
      });
    return this.#checking;
  }

  // Replaces the message of the failure, which the new version caused and the reload solves.
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
    // Its installation failed, so no other version can take over.
    if (next.state === "redundant") return location.reload();
    next.postMessage({ type: "SKIP_WAITING" });
  }
}

function installed(worker: ServiceWorker): Promise<void> {
  if (worker.state !== "installing") return Promise.resolve();
  return new Promise((resolve) => worker.addEventListener("statechange", () => resolve(), { once: true }));
}

/** False if the server cannot be reached: then no other version can be loaded either. */
async function serverHasAnother(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.src.split("/").at(-1);
  // The query bypasses the service worker, which has the old page.
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
