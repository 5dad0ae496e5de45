"""The tokens that get a vector: MiniLM's WordPieces without placeholders and without scripts other than Latin and Greek."""

import copy
import json
import re
import unicodedata

import numpy as np
from tokenizers import Tokenizer

UNKNOWN = "[UNK]"
SPECIAL = {"[PAD]", "[CLS]", "[SEP]", "[MASK]"}
SPELT = re.compile(r"\[(?:PAD|CLS|SEP|MASK)\]")  # written out in a text, they are special to MiniLM and unknown here
SCRIPTS = ("LATIN", "GREEK", "MICRO", "FEMININE", "MASCULINE")  # Greek letters occur in formulas
LIMIT = 254  # MiniLM reads 256 tokens, two of which are [CLS] and [SEP]


def choose(vocab):
    """The kept tokens in the order of their original ids, [UNK] first."""
    ordered = sorted(vocab, key=vocab.get)
    return [UNKNOWN] + [token for token in ordered if token != UNKNOWN and worth(token)]


def worth(token):
    if token in SPECIAL or token.startswith("[unused"):
        return False
    letters = [char for char in token if unicodedata.category(char)[0] in "LM"]
    return all(unicodedata.name(char, "").startswith(SCRIPTS) for char in letters)


class Pieces:
    """Text to ids of the kept tokens. A word with a piece that was not kept is one [UNK], as in any WordPiece."""

    def __init__(self, tokenizer_file):
        spec = json.loads(open(tokenizer_file, encoding="utf-8").read())
        self.original = spec["model"]["vocab"]
        self.tokens = choose(self.original)
        kept = copy.deepcopy(spec)
        kept["model"]["vocab"] = {token: i for i, token in enumerate(self.tokens)}
        unknown = [token for token in spec["added_tokens"] if token["content"] == UNKNOWN]
        kept.update(added_tokens=[{**unknown[0], "id": 0}], post_processor=None, truncation=None, padding=None)
        self.tokenizer = Tokenizer.from_str(json.dumps(kept))
        self.tokenizer.enable_truncation(LIMIT)

    def ids(self, texts):
        """Flat ids (uint16) and the offset of each text: `offsets` has one entry more than the number of texts."""
        texts = [SPELT.sub(UNKNOWN, text) for text in texts]
        rows = [one.ids for begin in range(0, len(texts), 20000) for one in self.tokenizer.encode_batch(texts[begin : begin + 20000])]
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(row) for row in rows], out=offsets[1:])
        return np.fromiter((i for row in rows for i in row), np.uint16, offsets[-1]), offsets
