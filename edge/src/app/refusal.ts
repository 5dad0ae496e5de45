import { type ErrorCode, PipitError } from "@pipit/core";

export interface RefusalFacts {
  readonly got: string;
  readonly expected: string;
  readonly do: string;
  /** Default "bad-input". */
  readonly code?: ErrorCode | undefined;
  /** Headers of the status, such as `Allow` of a 405. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A refused request with an HTTP status that does not follow from the error's code. */
export class Refusal extends PipitError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, { code = "bad-input", headers = {}, ...facts }: RefusalFacts) {
    super(code, facts);
    this.status = status;
    this.headers = headers;
  }
}
