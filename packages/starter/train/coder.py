"""rANS with static tables (12-bit frequencies, renewal by 16-bit words, eight alternating states). It codes small integers near entropy.

Each value belongs to a class, each class has its own table. `src/rans.ts` reads what this writes.
"""

import numpy as np

BITS = 12
TOTAL = 1 << BITS
LOWEST = 1 << 15  # a state stays in [2^15, 2^31), so that it is a small integer in JavaScript too
LANES = 8  # alternating states


def frequencies(symbols, count):
    """Frequencies that sum to 4096. A value that occurs keeps at least one, and none gets all, so that each fits twelve bits."""
    counts = np.bincount(symbols, minlength=count).astype(np.float64)
    for _ in range(2 - min(2, np.count_nonzero(counts))):
        counts[np.argmin(counts)] += 1
    scaled = np.where(counts > 0, np.maximum(1, np.round(counts / counts.sum() * TOTAL)), 0).astype(np.int64)
    while (over := scaled.sum() - TOTAL) != 0:
        loss = np.where(scaled > 1, counts / np.maximum(scaled, 1), np.inf) if over > 0 else -counts / np.maximum(scaled, 1)
        scaled[np.argmin(loss)] -= np.sign(over)
    return scaled.astype(np.uint16)


def encode(symbols, classes, tables):
    """symbols and classes [n] (integers), tables [classes, symbols] of frequencies → bytes: the first states, then words."""
    starts = np.cumsum(tables.astype(np.int64), 1) - tables
    freq = tables.astype(np.int64)[classes, symbols].tolist()
    start = starts[classes, symbols].tolist()
    states, words = [LOWEST] * LANES, []
    for i in range(len(freq) - 1, -1, -1):
        f, state = freq[i], states[i % LANES]
        if state >= f << (31 - BITS):
            words.append(state & 65535)
            state >>= 16
        states[i % LANES] = (state // f << BITS) + state % f + start[i]
    return np.array(states, "<u4").tobytes() + np.array(words[::-1], "<u2").tobytes()
