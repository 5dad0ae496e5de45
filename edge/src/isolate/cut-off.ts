/**
 * Milliseconds without a sign of life after which work in an isolate counts as cut off: the runtime ends what a request began
 * when that request has ended, or its time is over, and tells nobody. The longest step that shows none is one call of D1 or R2.
 */
export const CUT_OFF_MS = 3000;
