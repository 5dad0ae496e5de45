import { serviceWorkers } from "../offline.ts";
import { part } from "./element.ts";

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

/** The badge that shows whether the network is available and whether the app works without it, and the offer to install the app. */
export function watchConnection(): void {
  const workers = serviceWorkers();
  const badge = part("connection", HTMLElement);
  const show = () => {
    const controlled = workers?.controller != null;
    badge.hidden = navigator.onLine && !controlled;
    badge.textContent = navigator.onLine ? "Ready for offline" : "Offline";
    badge.classList.toggle("away", !navigator.onLine);
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  workers?.addEventListener("controllerchange", show);
  show();
}

export function offerInstall(): void {
  const button = part("install", HTMLButtonElement);
  let prompt: InstallPrompt | undefined;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event as InstallPrompt;
    button.hidden = false;
  });
  button.addEventListener("click", () => void prompt?.prompt());
  addEventListener("appinstalled", () => {
    button.hidden = true;
  });
}
