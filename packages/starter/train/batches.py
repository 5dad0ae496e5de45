"""Batches of one shape: each takes the same number of texts from each stratum of lengths, so that one compilation serves all."""

import numpy as np

SHARES = [0.5, 0.25, 0.15, 0.07, 0.02, 0.01]  # of the texts, from the shortest on; each stratum is as wide as its longest


class Batches:
    """`ids`, `offsets`: the flat tokens of all texts; `draw` returns one (ids, mask) per stratum and the texts' numbers."""

    def __init__(self, ids, offsets, size, seed):
        self.ids, self.offsets, self.lengths = ids, offsets, np.diff(offsets)
        self.rng = np.random.default_rng(seed)
        order = np.argsort(self.lengths, kind="stable")
        order = order[self.lengths[order] > 0]
        self.strata = np.split(order, (np.cumsum(SHARES)[:-1] * len(order)).astype(int))
        self.sizes = [round(size * share) for share in SHARES]
        self.widths = [int(self.lengths[stratum].max()) for stratum in self.strata]
        self.waiting = [np.zeros(0, np.int64) for _ in SHARES]

    def draw(self):
        chosen = [self._next(i, size) for i, size in enumerate(self.sizes)]
        return [padded(self.ids, self.offsets, texts, width) for texts, width in zip(chosen, self.widths)], np.concatenate(chosen)

    def _next(self, i, size):
        """Each text of a stratum is drawn once before any is drawn again."""
        while len(self.waiting[i]) < size:
            self.waiting[i] = np.concatenate([self.waiting[i], self.rng.permutation(self.strata[i])])
        taken, self.waiting[i] = np.split(self.waiting[i], [size])
        return taken


def padded(ids, offsets, texts, width):
    """ids (int32) and mask (float32), both [texts, width]."""
    place = np.arange(width)[None]
    there = place < (offsets[texts + 1] - offsets[texts])[:, None]
    found = ids[np.where(there, offsets[texts][:, None] + place, 0)] if len(ids) else np.zeros(there.shape)
    return np.where(there, found, 0).astype(np.int32), there.astype(np.float32)
