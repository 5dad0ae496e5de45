"""MiniLM's own vectors (fp32), stored on disk by text, so that a run can be stopped, resumed and extended."""

import hashlib
import time
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

DIMS = 384
CHUNK = 8192  # texts sorted by length together, so that a batch has little padding
BATCH_TOKENS = 1024  # fastest while the data fit the processor's cache


class Teacher:
    """`model` is a folder in hub layout: tokenizer.json and onnx/model.onnx. `vectors(texts)` gives [n, 384] float16, unit norm."""

    def __init__(self, model, cache, threads=2, limit=256):
        model, cache = Path(model), Path(cache)
        self.tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(limit)
        self.onnx = model / "onnx" / "model.onnx"
        self.threads = threads
        self.session = None
        cache.mkdir(parents=True, exist_ok=True)
        self.keys_file, self.rows_file = cache / "keys.bin", cache / "rows.f16"
        self.at = self._recall()
        self.count = len(self.at)

    def _recall(self):
        """Rows are written before keys, so that rows left by a crash can be cut off."""
        for file in (self.keys_file, self.rows_file):
            file.touch()
        count = min(self.keys_file.stat().st_size // 16, self.rows_file.stat().st_size // (2 * DIMS))
        for file, width in ((self.keys_file, 16), (self.rows_file, 2 * DIMS)):
            with file.open("r+b") as open_file:
                open_file.truncate(count * width)
        keys = self.keys_file.read_bytes()
        return {keys[i * 16 : i * 16 + 16]: i for i in range(count)}

    def vectors(self, texts):
        self.remember(texts)
        rows = np.memmap(self.rows_file, np.float16, "r").reshape(-1, DIMS)
        return rows[[self.at[key(text)] for text in texts]]

    def remember(self, texts):
        missing = [text for text in dict.fromkeys(texts) if key(text) not in self.at]
        started = time.time()
        for begin in range(0, len(missing), CHUNK):
            chunk = missing[begin : begin + CHUNK]
            self._append(chunk, self._embed(chunk))
            done = begin + len(chunk)
            rate = done / (time.time() - started)
            print(f"teacher {done}/{len(missing)} texts, {rate:.0f}/s, {(len(missing) - done) / rate / 60:.1f} min left", flush=True)

    def _append(self, texts, rows):
        with self.rows_file.open("ab") as file:
            file.write(rows.astype(np.float16).tobytes())
        with self.keys_file.open("ab") as file:
            file.write(b"".join(map(key, texts)))
        for text in texts:
            self.at[key(text)] = self.count
            self.count += 1

    def _embed(self, texts):
        self.session = self.session or open_session(self.onnx, self.threads)
        encoded = self.tokenizer.encode_batch(texts)
        order = sorted(range(len(texts)), key=lambda i: len(encoded[i].ids))
        out = np.zeros((len(texts), DIMS), np.float32)
        while order:
            size = max(1, BATCH_TOKENS // len(encoded[order[-1]].ids))
            batch, order = order[-size:], order[:-size]
            out[batch] = run(self.session, [encoded[i].ids for i in batch])
        return out


def open_session(onnx, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(onnx), options, providers=["CPUExecutionProvider"])


def run(session, rows):
    """Mean over the tokens without padding, then unit norm."""
    width = max(map(len, rows))
    ids, mask = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)], mask[i, : len(row)] = row, 1
    feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    (hidden,) = session.run(["last_hidden_state"], feeds)
    mean = (hidden * mask[..., None]).sum(1) / mask.sum(1)[:, None]
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def key(text):
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
