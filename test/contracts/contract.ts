import { type TestFunction, test } from "vitest";

/** Claims that an adapter need not meet, each with the reason that the run prints. */
export type Skips = Readonly<Record<string, string>>;

/** A test of one claim, or a skip with its reason. A skip of a claim that does not exist is a mistake and fails. */
export function claims(skips: Skips = {}) {
  const unused = new Set(Object.keys(skips));
  const claim = (sentence: string, body: TestFunction) => {
    const reason = skips[sentence];
    unused.delete(sentence);
    if (reason) test.skip(`${sentence} (skipped: ${reason})`, body);
    else test(sentence, body);
  };
  const end = () =>
    test("skips name claims of this contract", () => {
      if (unused.size > 0) throw new Error(`no such claims: ${[...unused].join("; ")}`);
    });
  return { claim, end };
}
