"""Training texts: reads files and returns a shuffled list of distinct texts, without any text of a test set.

Variety beats volume here, so a long paragraph is not one text but several: its sentences, sometimes a few neighbouring
sentences together, sometimes the whole, and now and then a handful of words in a row, which is what people type.
"""

import csv
import gzip
import hashlib
import random
import re
from pathlib import Path

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"“(])")
LONG = 40  # words; longer texts are also divided
GROUP_SHARE, WHOLE_SHARE, FRAGMENT_SHARE = 0.3, 0.14, 0.25


def gather(paths, excluded, seed=7):
    """Distinct texts of all files, in an order that depends only on the seed and the texts themselves."""
    kept, dropped = {}, 0
    for path in expand(paths):
        rng = random.Random(f"{seed}:{path.name}")
        for text in (piece for line in read(path) for piece in pieces(line, rng)):
            key = normal(text)
            if key in excluded:
                dropped += 1
            elif key:
                kept.setdefault(key, text)
    texts = sorted(kept.values(), key=lambda text: hashlib.blake2b(f"{seed}{text}".encode(), digest_size=8).digest())
    return texts, dropped


def expand(paths):
    """Keeps files, and replaces a folder by its readable files, except those named as a test part."""
    for path in map(Path, paths):
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in found if file is path or (reader(file) and "test" not in file.name))


def reader(path):
    if path.name.startswith("data.") and path.suffix in {".noun", ".verb", ".adj", ".adv"}:
        return read_wordnet
    return {".gz": read_lines, ".txt": read_lines, ".tsv": read_tsv, ".csv": read_csv}.get(path.suffix)


def read(path):
    chosen = reader(path)
    if not chosen:
        raise SystemExit(f"{path}: got a {path.suffix or 'nameless'} file, expected .txt, .gz, .tsv, .csv or WordNet data.*")
    return chosen(path)


def read_lines(path):
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as lines:
        yield from (line.strip() for line in lines)


def read_tsv(path):
    yield from (line.split("\t")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())


def read_csv(path):
    """The column `text` if the header has one; otherwise every cell that contains words."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if "text" in rows[0]:
        column = rows[0].index("text")
        yield from (row[column].strip() for row in rows[1:])
    else:
        yield from (cell.strip() for row in rows for cell in row if re.search(r"[A-Za-z]{2}", cell))


def read_wordnet(path):
    """Each synset gives its lemmas, its gloss, `lemmas: gloss` and its examples."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            continue
        fields, _, gloss = line.partition(" | ")
        words = fields.split()
        names = [re.sub(r"\(.*\)$", "", name).replace("_", " ") for name in words[4 : 4 + 2 * int(words[3], 16) : 2]]
        meaning = gloss.split('; "')[0].strip()
        yield from names
        yield meaning
        yield f"{', '.join(names)}: {meaning}"
        yield from (example.strip() for example in re.findall(r'"([^"]+)"', gloss))


def pieces(line, rng):
    if len(line.split()) <= LONG:
        if line:
            yield line
        return
    sentences = [one for one in SENTENCE_END.split(line) if one]
    yield from sentences
    if rng.random() < WHOLE_SHARE or len(sentences) == 1:
        yield line
    if len(sentences) > 2 and rng.random() < GROUP_SHARE:
        start, size = rng.randrange(len(sentences) - 1), rng.choice([2, 2, 3])
        yield " ".join(sentences[start : start + size])
    yield from (fragment(one, rng) for one in sentences if rng.random() < FRAGMENT_SHARE)


def fragment(sentence, rng):
    words = sentence.split()
    size = min(len(words), rng.randint(2, 7))
    start = rng.randrange(len(words) - size + 1)
    return " ".join(words[start : start + size]).strip(".,;:()\"“”")


def normal(text):
    """Texts that differ only in case, spacing or punctuation count as one text."""
    return " ".join(re.findall(r"\w+", text.lower()))


def forbidden(texts):
    """Texts that must not be trained on: the given test texts, and each sentence of the long ones."""
    found = set()
    for text in texts:
        found.add(normal(text))
        if len(text.split()) > LONG:
            found.update(normal(one) for one in SENTENCE_END.split(text) if len(one.split()) > 4)
    return found
