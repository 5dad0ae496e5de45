/**
 * Milliseconds without a step after which work in an isolate counts as cut off. The runtime silently ends the work of a request when
 * the request has ended or its time has run out. The longest step is one call of D1 or R2.
 */
export const CUT_OFF_MS = 3000;
