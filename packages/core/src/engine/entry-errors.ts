import { shown } from "../bad-input.ts";
import { PipitError } from "../errors.ts";
import { type Embedder, LEAST_DOCUMENT_FIDELITY } from "../ports/embedder.ts";

export function nothingToRead(text: string): PipitError {
  return new PipitError("nothing-to-read", {
    got: shown(text),
    expected: "a text with something to read",
    do: "Remove the entry if it is not wanted; it was not changed.",
  });
}

export function unknownEntry(id: string): PipitError {
  return new PipitError("unknown-entry", {
    got: `the id ${JSON.stringify(id)}`,
    expected: "the id of an entry that is there",
    do: "Add it first; `add` also replaces.",
  });
}

export function unfitForDocuments({ producer }: Embedder): PipitError {
  return new PipitError("fidelity-too-low", {
    got: `producer ${producer.name} with mean cosine ${producer.fidelity.mean} to fp32`,
    expected: `at least ${LEAST_DOCUMENT_FIDELITY}`,
    do: "Adopt a better producer first; the entries keep their vectors.",
  });
}
