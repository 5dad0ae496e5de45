"""Prints the resized pictures of Pillow that resize.test.ts compares with: python3 make-resize-references.py > ../fixtures/resize-references.json

Needs Pillow and NumPy.
"""

import hashlib
import json
import sys

import numpy
from PIL import Image, __version__

# Width and height before and after: smaller, larger, one side kept, squashed, a single pixel, long strips.
SIZES = [
    (640, 457, 313, 224),
    (300, 200, 336, 224),
    (224, 300, 224, 224),
    (300, 224, 224, 224),
    (97, 61, 224, 224),
    (1000, 37, 224, 224),
    (7, 5, 313, 224),
    (1, 1, 224, 224),
    (1, 90, 224, 224),
    (2000, 3, 50, 60),
    (513, 511, 64, 64),
]


def pattern(width: int, height: int) -> numpy.ndarray:
    """The same numbers as `pattern` of the test."""
    y, x, channel = numpy.mgrid[0:height, 0:width, 0:3]
    return ((x * 13 + y * 29 + channel * 71 + (x * y // 8) * 7) % 256).astype(numpy.uint8)


def reference(width: int, height: int, to_width: int, to_height: int) -> dict:
    resized = Image.fromarray(pattern(width, height)).resize((to_width, to_height), Image.Resampling.BICUBIC)
    return {
        "size": [width, height],
        "resized": [to_width, to_height],
        "sha256": hashlib.sha256(resized.tobytes()).hexdigest(),
    }


json.dump({"pillow": __version__, "references": [reference(*size) for size in SIZES]}, sys.stdout, indent=2)
print()
