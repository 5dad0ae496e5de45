export interface Offline {
  readonly registration?: ServiceWorkerRegistration;
  /** The reason why the app does not work without a network, in a sentence for the visitor. */
  readonly why?: string;
}

/** Undefined if the browser has no service workers here. In a sandboxed frame, reading the property throws. */
export function serviceWorkers(): ServiceWorkerContainer | undefined {
  try {
    return navigator.serviceWorker;
  } catch {
    return undefined;
  }
}

/** Stores the app for visits without a network. Development has no service worker, which would serve an earlier build. */
export async function keepForOffline(): Promise<Offline> {
  if (!import.meta.env.PROD) return {};
  if (!isSecureContext) {
    return {
      why: "Opened by plain http, Pipit works only while its server can be reached. Over https it works offline too.",
    };
  }
  const workers = serviceWorkers();
  if (!workers) {
    return { why: "This browser does not keep the app here, so it works only while its server can be reached." };
  }
  try {
    const [script, scope] = [new URL("sw.js", document.baseURI).href, new URL("./", document.baseURI).href];
    return { registration: await workers.register(script, { scope }) };
  } catch (error) {
    console.warn("Pipit: the service worker did not register, so the app does not work offline.", error);
    return { why: "This browser did not keep the app, so it works only while its server can be reached." };
  }
}
