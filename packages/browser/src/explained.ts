import { isPipitError, PipitError } from "@pipit/core";
import { policyAdvice, recordRefusals } from "./refusals.ts";

/**
 * Runs work that fetches files. If it fails and the Content-Security-Policy refused something meanwhile, the error names the
 * directive to change and the resource to allow. The platform's own error only says that there was no answer.
 */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  const refusals = recordRefusals();
  try {
    return await work();
  } catch (error) {
    const advice = policyAdvice(await refusals.cures());
    if (!advice || !isPipitError(error)) throw error;
    throw new PipitError(error.code, { got: error.got, expected: error.expected, do: advice, cause: error });
  } finally {
    refusals.end();
  }
}
