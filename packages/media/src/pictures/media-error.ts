import { PipitError } from "@pipit/core";

/** `bad-media` for a file that says what it is and is not that. */
export function damaged(format: string, problem: string, cause?: unknown): PipitError {
  return new PipitError("bad-media", {
    got: `a damaged ${format.toUpperCase()} file: ${problem}`,
    expected: "a complete picture",
    do: "Export the picture again, or leave it out.",
    cause,
  });
}

/** `model-unavailable` for a codec that does not start. */
export function codecUnavailable(cause: unknown): PipitError {
  return new PipitError("model-unavailable", {
    got: cause instanceof Error ? cause.message : String(cause),
    expected: "the codec's file, compiled",
    do: "Serve the codecs' files with the application and try again.",
    cause,
  });
}

/** `unsupported` for a file that may be sound, of a kind that is not decoded here. */
export function undecoded(got: string): PipitError {
  return new PipitError("unsupported", {
    got,
    expected: "a picture as JPEG, PNG, WebP, GIF or BMP",
    do: "Convert it to one of these formats.",
  });
}
