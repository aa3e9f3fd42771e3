#!/usr/bin/env python3
"""Recompute the evidence lower bound of a belief network from its checkpoint, with NumPy alone.

This shares no line with the library: it has its own readers, its own network and its own samples, in double precision.
Two correct programs therefore agree to within the standard error of sampling, which is printed.
"""

import argparse
import gzip
import json
import math
import struct
import sys
from pathlib import Path

import numpy as np

IMAGES = {
    "train": ["train-images-idx3-ubyte"],
    "valid": ["valid-images-idx3-ubyte"],
    "test": ["t10k-images-idx3-ubyte", "test-images-idx3-ubyte"],
}
TYPES = {"F32": "<f4", "F64": "<f8"}


def read_safetensors(path):
    """The floating-point tensors of a file by name, as doubles."""
    content = Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in TYPES:
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = np.frombuffer(content[begin:end], TYPES[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"]).astype(np.float64)
    return tensors


def read_images(folder, part):
    """Images of one part of an IDX folder, plain or gzip: [examples, pixels] in [0, 1]."""
    candidates = [Path(folder, name + end) for name in IMAGES[part] for end in ("", ".gz")]
    path = next((path for path in candidates if path.exists()), None)
    if path is None:
        sys.exit(f"{folder}: none of {', '.join(path.name for path in candidates)}")
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    magic, count, height, width = struct.unpack_from(">4I", content)
    if magic != 0x803:
        sys.exit(f"{path}: magic number {magic:#x}, expected 0x803")
    pixels = np.frombuffer(content, np.uint8, offset=16).reshape(count, height * width)
    # Files that hold bits, not shades, have no value above one.
    return pixels / (255 if pixels.max() > 1 else 1)


def softplus(x):
    return np.logaddexp(0, x)


def log_bernoulli(logits, bits):
    """log p(bits) summed over the last axis."""
    return (bits * logits - softplus(logits)).sum(-1)


class BeliefNetwork:
    """p(x, h) and q(h | x) as the checkpoint's parameters give them."""

    def __init__(self, tensors):
        self.tensors = tensors
        self.depth = sum(f"encoder.{layer}.weight" in tensors for layer in range(8))
        if self.depth == 0:
            sys.exit("no tensor encoder.0.weight: not the checkpoint of a belief network")

    def link(self, name, inputs):
        """Logits of the next layer: tanh layers if the checkpoint has them, then an affine map."""
        value, place = inputs, 0
        while f"{name}.hidden.{place}.weight" in self.tensors:
            value = np.tanh(self.affine(f"{name}.hidden.{place}", value))
            place += 1
        return self.affine(name, value)

    def affine(self, name, inputs):
        return inputs @ self.tensors[name + ".weight"] + self.tensors[name + ".bias"]

    def bound(self, x, generator):
        """log p(x, h) - log q(h | x) at one h from q for each row of x."""
        below, inputs, total = x, x - self.tensors["mean"], 0
        for layer in range(self.depth):
            logits = self.link(f"encoder.{layer}", inputs)
            above = (generator.random(logits.shape) < np.exp(-softplus(-logits))).astype(float)
            total = total - log_bernoulli(logits, above)
            inputs = 2 * above - 1
            total = total + log_bernoulli(self.link(f"decoder.{layer}", inputs), below)
            below = above
        return total + log_bernoulli(self.tensors["prior.logits"], below)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", help="a safetensors file of a run's checkpoints folder")
    parser.add_argument("data", help="folder of IDX files under their MNIST names, plain or gzip")
    parser.add_argument("--part", choices=IMAGES, default="test")
    parser.add_argument(
        "--binarize",
        choices=["dynamic", "threshold"],
        default="dynamic",
        help="redraw every pixel at every pass, or compare it with a half; bits stay as they are",
    )
    parser.add_argument("--passes", type=int, default=20, help="samples of each example (20)")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.passes < 2:
        parser.error("a standard error takes two passes or more")

    network = BeliefNetwork(read_safetensors(arguments.checkpoint))
    images = read_images(arguments.data, arguments.part)
    generator = np.random.default_rng(arguments.seed)
    dynamic = arguments.binarize == "dynamic"
    bounds = np.empty((arguments.passes, len(images)))
    for row in bounds:
        for start in range(0, len(images), 1000):
            part = slice(start, start + 1000)
            levels = generator.random(images[part].shape) if dynamic else 0.5
            row[part] = network.bound((images[part] > levels).astype(float), generator)

    examples = bounds.mean(0)
    print(
        json.dumps(
            {
                "examples": len(images),
                "passes": arguments.passes,
                "bound": bounds.mean(),
                # Of the passes over these same examples, and of these examples as a sample of all.
                "sampling_standard_error": bounds.mean(1).std(ddof=1) / math.sqrt(len(bounds)),
                "standard_error": examples.std(ddof=1) / math.sqrt(len(images)),
            }
        )
    )


if __name__ == "__main__":
    main()
