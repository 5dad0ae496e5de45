"""Evaluates four test sets in three ways: encoder to encoder, encoder's query on the teacher's documents, teacher to teacher.

`ask` and `keep` are functions from texts to unit vectors [n, 384]: the side of the query and the side of the documents.
"""

import csv
import json
import re
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

SETS = ["stsb", "xquad", "cranfield", "banking77"]


def score(folder, ask, keep):
    measures = {"stsb": stsb, "xquad": xquad, "cranfield": cranfield, "banking77": banking77}
    return {name: float(measures[name](Path(folder), ask, keep)) for name in SETS}


def mean(scores):
    return float(np.mean([scores[name] for name in SETS]))


def test_texts(folder):
    """Every text that must not be trained on: the sets above, and the parts of other sets that are named test."""
    folder = Path(folder)
    for part in ("dev", "test"):
        left, right, _ = read_stsb(folder / f"stsb/stsb-en-{part}.csv")
        yield from left + right
    yield from (row[0] for row in read_banking(folder / "banking77/test.csv"))
    for questions, documents, _ in (read_xquad(folder), read_cranfield(folder)):
        yield from questions + documents
    extra = folder / "query-wellformedness/test.tsv"
    if extra.exists():
        yield from (line.split("\t")[0] for line in extra.read_text(encoding="utf-8").splitlines())


def stsb(folder, ask, keep, part="test"):
    left, right, gold = read_stsb(folder / f"stsb/stsb-en-{part}.csv")
    return spearmanr((ask(left) * keep(right)).sum(1), gold).statistic


def xquad(folder, ask, keep):
    return retrieval(*read_xquad(folder), ask, keep)


def cranfield(folder, ask, keep):
    return retrieval(*read_cranfield(folder), ask, keep)


def banking77(folder, ask, keep):
    train, test = (read_banking(folder / f"banking77/{part}.csv") for part in ("train", "test"))
    similar = ask([text for text, _ in test]) @ keep([text for text, _ in train]).T
    found = similar.argmax(1)
    return np.mean([train[i][1] == label for i, (_, label) in zip(found, test)])


def retrieval(questions, documents, relevant, ask, keep):
    """Mean nDCG@10; `relevant` has one {document: gain} per question."""
    ranked = np.argsort(-(ask(questions) @ keep(documents).T), axis=1, kind="stable")[:, :10]
    discount = 1 / np.log2(np.arange(2, 12))
    got = [sum(gains.get(int(d), 0) * w for d, w in zip(row, discount)) for row, gains in zip(ranked, relevant)]
    best = [sum(g * w for g, w in zip(sorted(gains.values(), reverse=True), discount)) for gains in relevant]
    return np.mean([g / b for g, b in zip(got, best) if b])


def read_stsb(path):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return [row[0] for row in rows], [row[1] for row in rows], [float(row[2]) for row in rows]


def read_banking(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def read_xquad(folder):
    articles = json.loads((folder / "xquad/xquad.en.json").read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    asked = [(qa["question"], at) for at, paragraph in enumerate(paragraphs) for qa in paragraph["qas"]]
    return [q for q, _ in asked], [p["context"] for p in paragraphs], [{at: 1} for _, at in asked]


def read_cranfield(folder):
    """The judgements number the questions by their position in the file, not by <num>; any positive grade counts as one."""
    documents = between("text", folder / "cranfield/cran.all.1400.xml")
    questions = between("title", folder / "cranfield/cran.qry.xml")
    relevant = [{} for _ in questions]
    for line in (folder / "cranfield/cranqrel.trec.txt").read_text().splitlines():
        question, _, document, grade = map(int, line.split())
        if grade > 0:
            relevant[question - 1][document - 1] = 1
    return questions, documents, relevant


def between(tag, path):
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", path.read_text(encoding="utf-8"), re.S)
    return [" ".join(text.split()) for text in found]
