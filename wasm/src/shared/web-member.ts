/** Makes a worker with the given constructor: the platform's, or one that only records the address. */
export type MakeMember = (Worker: typeof globalThis.Worker) => Worker;

/**
 * The worker of a pool's member. If its script is of another origin than the page, as from a CDN, a script of the page's own origin
 * imports it. Fails as the platform's constructor does.
 */
export function memberWorker(make: MakeMember): Worker {
  try {
    return make(globalThis.Worker);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "SecurityError")) throw error;
    return importing(addressOf(make));
  }
}

function importing(address: string): Worker {
  const script = new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" });
  const own = URL.createObjectURL(script);
  const worker = new globalThis.Worker(own, { type: "module" });
  // The address is valid until the worker has read it: until its first message, or its failure.
  for (const event of ["message", "error"]) {
    worker.addEventListener(event, () => URL.revokeObjectURL(own), { once: true });
  }
  return worker;
}

function addressOf(make: MakeMember): string {
  let address = "";
  class Address {
    constructor(url: string | URL) {
      address = String(url);
    }
  }
  make(Address as unknown as typeof Worker);
  return address;
}
