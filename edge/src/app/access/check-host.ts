import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { PipitError } from "@pipit/core";
import { written } from "./setting-names.ts";

const NAME = /^(?=.*[a-z])[\w.-]+$/i;

/** Fails with `bad-input` unless `host` is an address or resolves to one. It runs before the check that a key is set. */
export async function checkHost(host: string, name = "HOST"): Promise<void> {
  if (isIP(host) !== 0) return;
  if (!NAME.test(host)) throw refusal(written(name, host), name);
  await lookup(host).catch((cause) => {
    throw refusal(`${written(name, host)}, a name without an address`, name, cause);
  });
}

function refusal(got: string, name: string, cause?: unknown): PipitError {
  return new PipitError("bad-input", {
    got,
    expected: "an address of this machine, or a name of one, without scheme and port",
    do: `Leave ${name} out for 127.0.0.1, or give 0.0.0.0 for all that this machine has.`,
    cause,
  });
}
