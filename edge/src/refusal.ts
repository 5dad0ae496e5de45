import { type ErrorCode, PipitError } from "@pipit/core";

export interface RefusalFacts {
  readonly got: string;
  readonly expected: string;
  readonly do: string;
  /** "bad-input" unless told. */
  readonly code?: ErrorCode | undefined;
  /** Headers that the status asks for, such as `Allow` of a 405. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A request that is refused with a status of its own, which the code of the error alone would not give. */
export class Refusal extends PipitError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, { code = "bad-input", headers = {}, ...facts }: RefusalFacts) {
    super(code, facts);
    this.status = status;
    this.headers = headers;
  }
}
