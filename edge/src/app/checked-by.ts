import { z } from "@hono/zod-openapi";
import { isPipitError, LimitError } from "@pipit/core";

/**
 * A schema that applies one of core's checks, with its messages, and passes the value on unchanged, so that HTTP and the engine accept
 * the same values. Its OpenAPI description must be given separately.
 */
export function checkedBy<T>(check: (given: never) => unknown) {
  return z.custom<T>().superRefine((given, context) => {
    try {
      check(given as never);
    } catch (error) {
      if (!isPipitError(error)) throw error;
      const { got, expected } = error;
      const message = `got ${got}, expected ${expected}`;
      if (error instanceof LimitError) {
        context.addIssue({ code: "too_big", maximum: 0, origin: "string", message, input: given });
      } else context.addIssue({ code: "custom", message });
    }
  });
}
