import { z } from "@hono/zod-openapi";
import { isPipitError, LimitError } from "@pipit/core";

/**
 * A schema that refuses what core's own check refuses, in the same words, and passes on what was given: HTTP and the engine
 * cannot come to differ. What it looks like has to be told to OpenAPI beside it.
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
