"""Makes starter.pipit from a MiniLM folder and text files. See the README for the command and the files that it writes."""

import argparse
import functools
import hashlib
import json
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

import corpus
import evaluate
import model
import pack
import teacher
from batches import Batches
from student import student
from vocabulary import Pieces

HELD_OUT = 2000  # texts that are never trained on, to measure the fidelity with
ALONE_AT_ONCE = 1024
REPORT_EVERY = 100
IDF_CLIP, IDF_SCALE = (2, 9), 0.2
WARM_UP = 30  # steps
ROUNDED_FROM = 0.7  # of the steps: after that the rows are rounded, all with the step of a token of medium frequency
GOLDEN = [
    "hello world", "", "   ", "small brown bird that sings while flying", "Small brown bird that sings while flying.",
    "C++ templates and C# generics", "naïve café résumé Ångström", "Straße und Fußgängerübergänge", "Привет, мир", "你好，世界",
    "the the the the the the the the", "What can I do if my card still hasn't arrived after 2 weeks?", "energy E = mc² at 20 °C",
    "[CLS] injected [SEP] special", "transmogrification", "a\tb\nc\u00a0d\u200be", "word " * 300,
]  # fmt: skip


def options():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--model", required=True, type=Path, help="folder with tokenizer.json and onnx/model.onnx (fp32)")
    parse.add_argument("--texts", required=True, nargs="+", type=Path, help="files or folders: .txt, .gz, .tsv, .csv, WordNet data.*")
    parse.add_argument("--tests", type=Path, help="folder of stsb, xquad, cranfield, banking77: kept out of training, then measured")
    parse.add_argument("--out", required=True, type=Path, help="the file to make; golden.json is written beside it")
    parse.add_argument("--cache", type=Path, default=Path(".starter-cache"), help="the teacher's vectors and the parameters")
    parse.add_argument("--limit", type=int, default=10**9, help="at most so many texts")
    parse.add_argument("--steps", type=int, default=2400)
    parse.add_argument("--batch", type=int, default=2048)
    parse.add_argument("--rate", type=float, default=3e-3)
    parse.add_argument("--hidden", type=int, default=64)
    parse.add_argument("--step", type=float, default=0.05, help="rounding of a middling token's row, in units of its norm")
    parse.add_argument("--threads", type=int, default=2)
    parse.add_argument("--seed", type=int, default=7)
    parse.add_argument("--preprocessing", default="text-1", help="core's preprocessing version: part of the space")
    return parse.parse_args()


def main():
    chosen = options()
    master = teacher.Teacher(chosen.model, chosen.cache, chosen.threads)
    excluded = corpus.forbidden(evaluate.test_texts(chosen.tests)) if chosen.tests else set()
    texts, dropped = corpus.gather(chosen.texts, excluded, chosen.seed)
    texts = texts[: chosen.limit]
    print(f"{len(texts)} texts; {dropped} dropped because a test set has them", flush=True)
    targets = master.vectors(texts)
    pieces = Pieces(chosen.model / "tokenizer.json")
    params = learned(chosen, pieces, texts[HELD_OUT:], targets[HELD_OUT:], master)
    counts = np.bincount(pieces.ids(texts[HELD_OUT:])[0], minlength=len(pieces.tokens))
    packed = pack.quantize(params, *pack.steps_of(counts, chosen.step))
    encode = student({name: jnp.asarray(value) for name, value in pack.restore(packed).items()}, pieces)
    close = (encode(texts[:HELD_OUT]) * targets[:HELD_OUT].astype(np.float32)).sum(1)
    fidelity = {"mean": round(float(close.mean()), 4), "min": round(float(close.min()), 4)}
    scores = measure(chosen.tests, encode, master) if chosen.tests else {}
    header = describe(chosen, texts, fidelity, scores)
    chosen.out.write_bytes(pack.write(packed, pieces.tokens, header))
    golden = [{"text": text, "vector": [round(float(x), 7) for x in row]} for text, row in zip(GOLDEN, encode(GOLDEN))]
    chosen.out.with_name("golden.json").write_text(json.dumps(golden, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(json.dumps({**header, "bytes": chosen.out.stat().st_size, "sha256": pack.sha256(chosen.out)}, indent=2))


def learned(chosen, pieces, texts, targets, master):
    """The trained parameters, from the cache if it has those of the same settings and texts."""
    asked = [chosen.steps, chosen.batch, chosen.rate, chosen.hidden, chosen.step, chosen.seed, digest(texts), pack.sha256(chosen.model / "onnx/model.onnx")]
    stored = chosen.cache / f"params-{hashlib.sha256(repr(asked).encode()).hexdigest()[:16]}.npz"
    if not stored.exists():
        ids, offsets = pieces.ids(texts)
        rows = alone(pieces, master) * rarity(ids, offsets, len(pieces.tokens))[:, None]
        np.savez(stored, **train(chosen, model.start(rows, chosen.hidden, chosen.seed), Batches(ids, offsets, chosen.batch, chosen.seed), targets))
    return dict(np.load(stored))


def alone(pieces, master):
    """The teacher's vector of each token between [CLS] and [SEP]."""
    session = teacher.open_session(master.onnx, master.threads)
    first, last = pieces.original["[CLS]"], pieces.original["[SEP]"]
    rows = [[first, pieces.original[token], last] for token in pieces.tokens]
    return np.concatenate([teacher.run(session, rows[at : at + ALONE_AT_ONCE]) for at in range(0, len(rows), ALONE_AT_ONCE)])


def rarity(ids, offsets, tokens):
    """Inverse document frequency, clipped so that no token counts nothing and none dominates."""
    texts = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    found = np.bincount(np.unique(texts * 65536 + ids) % 65536, minlength=tokens)
    return np.clip(np.log((len(offsets) - 1) / (found + 1)), *IDF_CLIP) * IDF_SCALE


def train(chosen, params, batches, targets):
    @functools.partial(jax.jit, donate_argnums=(0, 1), static_argnums=6)
    def step(params, moments, groups, target, rate, number, rounding):
        (total, cosine), grads = jax.value_and_grad(model.loss, has_aux=True)(params, groups, target, rounding)
        return *model.adam(params, moments, grads, rate, number), total, cosine

    moments = {name: (jnp.zeros_like(value), jnp.zeros_like(value)) for name, value in params.items()}
    started, seen = time.time(), []
    for number in range(1, chosen.steps + 1):
        groups, which = batches.draw()
        rate = chosen.rate * min(1, number / WARM_UP) * (0.5 + 0.5 * np.cos(np.pi * number / chosen.steps))
        rounding = chosen.step if number > ROUNDED_FROM * chosen.steps else 0.0
        params, moments, total, cosine = step(params, moments, groups, targets[which].astype(np.float32), rate, float(number), rounding)
        seen.append((float(total), float(cosine)))
        if number % REPORT_EVERY == 0:
            total, cosine = np.mean(seen[-REPORT_EVERY:], 0)
            pace = (time.time() - started) / number
            print(f"step {number}/{chosen.steps}: loss {total:.4f}, 1 - cosine {cosine:.4f}, {pace:.2f} s a step", flush=True)
    return {name: np.asarray(value) for name, value in params.items()}


def measure(folder, encode, master):
    ways = {"miniLM": (master.vectors,) * 2, "starterAsksMiniLM": (encode, master.vectors), "starter": (encode, encode)}
    scores = {name: evaluate.score(folder, *sides) for name, sides in ways.items()}
    whole = evaluate.mean(scores["miniLM"])
    return {name: {**{k: round(v, 4) for k, v in one.items()}, "ofMiniLM": round(evaluate.mean(one) / whole, 4)} for name, one in scores.items()}


def describe(chosen, texts, fidelity, scores):
    weights, tokenizer = (pack.sha256(chosen.model / name) for name in ("onnx/model.onnx", "tokenizer.json"))
    identity = "\n".join([weights, tokenizer, chosen.preprocessing, "mean", "l2", str(model.DIMS)])
    return {
        "space": {"name": "all-MiniLM-L6-v2", "id": hashlib.sha256(identity.encode()).hexdigest()[:32]},
        "producer": {"name": "starter", "fidelity": fidelity},
        "dimensions": model.DIMS, "rank": model.RANK, "places": model.PLACES, "hidden": chosen.hidden,
        "sources": {"weights": weights, "tokenizer": tokenizer, "texts": len(texts), "textsSha256": digest(texts)},
        "training": {name: getattr(chosen, name) for name in ("steps", "batch", "rate", "step", "seed")},
        "scores": scores,
    }  # fmt: skip


def digest(texts):
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


if __name__ == "__main__":
    main()
