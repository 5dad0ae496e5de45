"""Writes trained parameters to starter.pipit, and the vectors that any reader of the file must compute.

    0   "PIPS", version u32, header length u32, CRC-32 of everything after byte 16 (little endian)
    16  header, JSON; then sections, each at a multiple of 64 bytes, named in `header.sections` as [offset, length]

    vocabulary.table/.code   tokens in code-point order, front-coded: shared length, own length, own bytes (UTF-8); one class
    rows.scale               u8 a token: row = integers * smallest * ratio^scale (both in `numbers`)
    rows.groups, .classes    u8 a token, u8 a column: integers are coded with table group * classes + class
    rows.table, rows.code    integers [tokens, 384 + 32] + 15 as symbols of 31; the last 32 are the token's key
    rows.blocks              u32 a block of `blockRows` rows: the word of rows.code it begins at; each is coded by itself, to be read alone
    query, w1, w2            i8 [32, 384], [hidden, 384], [384, hidden]; numbers.f32 begins with their scales, one a row
    numbers                  f32: query scales 32, w1 scales, w2 scales, b1, bias 384, places 32, key step, smallest, ratio
"""

import hashlib
import json
import struct
import zlib

import numpy as np

import coder
import model

VERSION = 2
BLOCK_ROWS = 32  # whole cycles of the coder's lanes; its eight states take one byte per row of a block
GROUPS, CLASSES, REACH = 6, 4, 15  # integers are in -15..15
KEY_STEP = 0.6  # of the keys' standard deviation: this takes half a bit more than the rows
FINEST, COARSEST = 1 / 3, 2  # a frequent token's step and a rare one's, in units of the requested step


def steps_of(counts, step):
    """The rounding of each token's row in units of its norm, and its group: rows of frequent tokens are rounded finely.

    By the root of a root of the token's count, so that a common word has a third of the step and the rarest have twice.
    """
    factor = ((counts + 3) / (np.median(counts) + 3)) ** -0.2
    place = np.log(np.clip(factor, FINEST, COARSEST) / FINEST) / np.log(COARSEST / FINEST)
    group = np.round(place * (GROUPS - 1)).astype(np.uint8)
    return (step * FINEST * (COARSEST / FINEST) ** (group / (GROUPS - 1))).astype(np.float32), group


def quantize(params, steps, groups):
    """Every number with its value in the file: a dictionary of integers and scales."""
    table = np.asarray(params["table"], np.float32)
    rows, keys = table[:, : model.DIMS], table[:, model.DIMS :]
    ideal = steps * np.linalg.norm(rows, axis=1)
    smallest = np.float32(np.maximum(ideal.min(), ideal.max() * 1e-4))
    ratio = np.float32((ideal.max() / smallest) ** (1 / 255))
    level = np.clip(np.round(np.log(np.maximum(ideal, smallest) / smallest) / np.log(ratio)), 0, 255).astype(np.uint8)
    scale = scales(level, smallest, ratio)
    key_step = np.float32(KEY_STEP * keys.std())
    integers = np.concatenate([rows / scale[:, None], keys / key_step], 1)
    matrices = {name: eight_bit(np.asarray(params[name], np.float32)) for name in ("query", "w1", "w2")}
    plain = {name: np.asarray(params[name], np.float32) for name in ("b1", "bias", "places")}
    return {
        "integers": np.clip(np.round(integers), -REACH, REACH).astype(np.int8), "groups": groups,
        "level": level, "smallest": smallest, "ratio": ratio, "key_step": key_step, **matrices, **plain,
    }  # fmt: skip


def scales(level, smallest, ratio):
    return (smallest.astype(np.float64) * ratio.astype(np.float64) ** level).astype(np.float32)


def eight_bit(matrix):
    scale = (np.abs(matrix).max(1) / 127 + 1e-12).astype(np.float32)
    return np.round(matrix / scale[:, None]).astype(np.int8), scale


def restore(packed):
    """The parameters that a reader of the file computes with."""
    scale = scales(packed["level"], packed["smallest"], packed["ratio"])[:, None]
    integers = packed["integers"].astype(np.float32)
    table = np.concatenate([integers[:, : model.DIMS] * scale, integers[:, model.DIMS :] * packed["key_step"]], 1)
    whole = {name: packed[name][0] * packed[name][1][:, None] for name in ("query", "w1", "w2")}
    return {"table": table, **whole, **{name: packed[name] for name in ("b1", "bias", "places")}}


def write(packed, tokens, header):
    """The file's bytes. Rows are in the order of the sorted vocabulary."""
    order = sorted(range(len(tokens)), key=lambda i: tokens[i].encode())
    words = np.frombuffer(front_code([tokens[i] for i in order]), np.uint8)
    word_table = coder.frequencies(words, 256)[None]
    symbols = packed["integers"][order].astype(np.int64) + REACH
    columns, groups = classify(packed["integers"]), packed["groups"][order]
    classes = groups[:, None].astype(np.int64) * (CLASSES + 1) + columns
    tables = np.stack([coder.frequencies(symbols[classes == c], 2 * REACH + 1) for c in range(GROUPS * (CLASSES + 1))])
    starts = range(0, len(order), BLOCK_ROWS)
    blocks = [coder.encode(*(part[at : at + BLOCK_ROWS].ravel() for part in (symbols, classes)), tables) for at in starts]
    numbers = [*(packed[name][1] for name in ("query", "w1", "w2")), packed["b1"], packed["bias"], packed["places"]]
    numbers.append(np.array([packed["key_step"], packed["smallest"], packed["ratio"]], np.float32))
    sections = {
        "vocabulary.table": word_table,
        "vocabulary.code": coder.encode(words, np.zeros(len(words), np.int64), word_table),
        "rows.scale": packed["level"][order],
        "rows.groups": groups,
        "rows.classes": columns,
        "rows.table": tables,
        "rows.blocks": np.cumsum([0, *map(len, blocks[:-1])]).astype("<u4") // 2,
        "rows.code": b"".join(blocks),
        **{name: packed[name][0] for name in ("query", "w1", "w2")},
        "numbers": np.concatenate(numbers).astype("<f4"),
    }
    return assemble({**header, "tokens": len(order), "vocabularyBytes": len(words), "blockRows": BLOCK_ROWS}, sections)


def classify(integers):
    """Columns of similar spread share a class; the key's columns are the last class."""
    spread = np.argsort(np.argsort(integers[:, : model.DIMS].astype(np.float32).std(0)))
    return np.concatenate([spread * CLASSES // model.DIMS, np.full(model.RANK, CLASSES)]).astype(np.uint8)


def front_code(tokens):
    out, before = bytearray(), b""
    for token in (token.encode() for token in tokens):
        shared = 0
        while shared < min(len(before), len(token)) and before[shared] == token[shared]:
            shared += 1
        out += bytes([shared, len(token) - shared]) + token[shared:]
        before = token
    return bytes(out)


def assemble(header, sections):
    """The header contains offsets, which depend on its length: room is reserved, and its rest filled with spaces."""
    raw = {name: data if isinstance(data, bytes) else np.ascontiguousarray(data).tobytes() for name, data in sections.items()}
    room = len(json.dumps(header)) + 64 * len(raw) + 64
    start = at = -(-(16 + room) // 64) * 64
    places = {}
    for name, data in raw.items():
        places[name] = [at, len(data)]
        at = -(-(at + len(data)) // 64) * 64
    body = json.dumps({**header, "sections": places}, separators=(",", ":")).encode().ljust(start - 16)
    for name, data in raw.items():
        body = body.ljust(places[name][0] - 16, b"\0") + data
    return b"PIPS" + struct.pack("<III", VERSION, start - 16, zlib.crc32(body)) + body


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
