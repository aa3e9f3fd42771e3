"""What the peers share: how a case is timed and reported, and where training data comes from."""

import argparse
import gzip
import json
import pathlib
import resource
import statistics
import sys
import time

VARIATES = 10_000_000
ROWS, CLASSES = 1_000_000, 16
PIXELS, LATENTS, BASELINE_UNITS, BATCH = 784, 200, 100, 100
# An autoencoder's deterministic layers; its latents, so many variables of so many states.
HIDDEN, VARIABLES, STATES = (512, 256), 20, 10
RELAXED_ROWS, TEMPERATURE = 200_000, 0.5
ORDERS, ITEMS = 1_000, 1_000
PAIR_BATCH, PAIR_RATE = 50, 1e-4
# SeqGAN in its published size: tokens, length of a sequence, batch, roll-outs, units of the generator.
TOKENS, STEPS, SEQUENCES, ROLL_OUTS, UNITS = 5_000, 20, 64, 16, 32
FILTERS = dict(
    zip((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20), (100, 200, 200, 200, 200, 100, 100, 100, 100, 100, 160, 160))
)
EXAMPLES, DENSITY = 6_000, 0.13
LEARNING_RATE, DECAY = 1e-3, 0.9
BATCHES = EXAMPLES // BATCH


def peak_mib():
    """The most memory this process has held so far."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def report(peer, case, milliseconds, elements=None):
    line = {
        "peer": peer,
        "case": case,
        "ms": round(milliseconds, 4),
        "ns_per_element": round(milliseconds * 1e6 / elements, 3) if elements else None,
        "elements": elements,
        "peak_mib": round(peak_mib()),
    }
    print(json.dumps(line), flush=True)


def measure(call, wait=lambda result: None, calls=1, repetitions=7, warm_up=3):
    """Median milliseconds of one call, over repetitions of `calls` calls; `wait` blocks until a result is there."""
    for _ in range(warm_up):
        wait(call())
    durations = []
    for _ in range(repetitions):
        begin = time.perf_counter()
        for _ in range(calls):
            result = call()
        wait(result)
        durations.append(time.perf_counter() - begin)
    return statistics.median(durations) / calls * 1e3


def run(cases):
    """Runs the cases named on the command line, or all of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("case", nargs="*", help=f"among {', '.join(cases)}; all when none is given")
    chosen = parser.parse_args().case or list(cases)
    unknown = [name for name in chosen if name not in cases]
    if unknown:
        parser.error(f"no case named {', '.join(unknown)}; there are {', '.join(cases)}")
    for name in chosen:
        cases[name]()


def training_images(folder):
    """Training images, uint8 of shape [examples, pixels], from the IDX file in a folder; made up without a folder."""
    import numpy

    if folder is None:
        return numpy.random.default_rng(0).integers(0, 256, (EXAMPLES, PIXELS), dtype=numpy.uint8)
    for path in sorted(pathlib.Path(folder).glob("train-images*")):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        header = numpy.frombuffer(content, dtype=">u4", count=4)
        if header[0] != 0x803:
            sys.exit(f"{path}: magic number {header[0]}, expected {0x803}")
        return numpy.frombuffer(content, dtype=numpy.uint8, offset=16).reshape(header[1], -1)
    sys.exit(f"{folder}: no file train-images*")


def train(peer, make_step):
    """A short training run: the seconds from process start to the end of the first step, and the peak memory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", help="folder with the IDX files; random images without")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--started", type=float, help="time.monotonic() when the process was launched")
    arguments = parser.parse_args()
    images = training_images(arguments.data)
    step = make_step(images.shape[1])
    batches = len(images) // BATCH
    first = None
    for index in range(arguments.steps):
        begin = index % batches * BATCH
        step(images[begin : begin + BATCH])
        if first is None and arguments.started is not None:
            first = round(time.monotonic() - arguments.started, 3)
    line = {"peer": peer, "case": "train", "start_seconds": first, "peak_mib": round(peak_mib())}
    print(json.dumps(line), flush=True)
