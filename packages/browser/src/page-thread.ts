import { expose } from "comlink";
import type { HostThread } from "./host-thread.ts";
import { carryErrorsWhole } from "./protocol.ts";
import { shippedParts } from "./shipped-parts.ts";
import { TabHost } from "./tab-host.ts";

/**
 * The host on the page's own thread, for pages that may not start a worker. It uses the same protocol over a message channel, so that
 * callers see no difference. Its work blocks the page.
 */
export function pageThread(): HostThread {
  carryErrorsWhole();
  const { port1, port2 } = new MessageChannel();
  const host = new TabHost(shippedParts);
  expose(host, port2);
  return {
    endpoint: port1,
    end() {
      port1.close();
      port2.close();
      void host.end();
    },
  };
}
