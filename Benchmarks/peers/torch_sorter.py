"""NeuralSort in PyTorch as published, with its matrices: the sequences, network and first weights of `discrete train sorter`.

Prints both accuracies on the test sequences of that command, and the seconds of a training step without the making of its batch.
"""

import argparse
import gzip
import json
import math
import os
import time

import numpy
import torch

from philox import Philox

# The streams of the command's seed.
WEIGHTS, STEPS, TEST = 10, 11, 312


def idx(folder, name, header):
    path = os.path.join(folder, name)
    opened = open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")
    with opened as file:
        return numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=header)


def images(folder, part):
    """Images, and where those of each digit are; the last sixth of the training images is held out."""
    pixels = idx(folder, part + "-images-idx3-ubyte", 16).reshape(-1, 28, 28)
    labels = idx(folder, part + "-labels-idx1-ubyte", 8)
    if part == "train":
        labels = labels[: len(labels) - len(labels) // 6]
    return pixels, [numpy.flatnonzero(labels == digit) for digit in range(10)]


def batch(data, sequences, length, digits, generator):
    """Different numbers drawn uniformly, and for each of their digits an image with that label."""
    pixels, by_digit = data
    numbers = []
    items = numpy.empty((sequences * length, 1, 28, 28 * digits), dtype=numpy.float32)
    for sequence in range(sequences):
        own, seen = generator.folding(sequence), set()
        for _ in range(length):
            number = own.below(10**digits)
            while number in seen:
                number = own.below(10**digits)
            seen.add(number)
            # From the last digit to the first.
            for digit in reversed(range(digits)):
                labeled = by_digit[number // 10 ** (digits - 1 - digit) % 10]
                image = pixels[labeled[own.below(len(labeled))]]
                items[len(numbers), 0, :, 28 * digit : 28 * digit + 28] = image
            numbers.append(number)
    return torch.from_numpy(items / 255), torch.tensor(numbers).reshape(sequences, length)


class Network(torch.nn.Module):
    def __init__(self, digits, generator):
        super().__init__()
        self.near = torch.nn.Conv2d(1, 32, 5, padding=2)
        self.far = torch.nn.Conv2d(32, 64, 5, padding=2)
        self.dense = torch.nn.Linear(7 * 7 * digits * 64, 64)
        self.output = torch.nn.Linear(64, 1)
        # The command stores [height, width, channels, filters] and [height * width * channels, outputs].
        for layer, shape in [
            (self.near, (5, 5, 1, 32)),
            (self.far, (5, 5, 32, 64)),
            (self.dense, (7, 7 * digits, 64, 64)),
            (self.output, (1, 1, 64, 1)),
        ]:
            factor = 2 if isinstance(layer, torch.nn.Conv2d) else 1
            scale = math.sqrt(factor / layer.weight[0].numel())
            weight = torch.from_numpy(generator.normal(shape) * numpy.float32(scale))
            with torch.no_grad():
                layer.weight.copy_(weight.permute(3, 2, 0, 1).reshape(layer.weight.shape))
            torch.nn.init.zeros_(layer.bias)

    def forward(self, x):
        pool = torch.nn.functional.max_pool2d
        x = pool(self.near(x).relu(), 2)
        x = pool(self.far(x).relu(), 2)
        return self.output(self.dense(x.flatten(1)).relu())


def neural_sort(scores, temperature):
    """Equation 3 of Grover and others (2019), scores [sequences, n, 1]."""
    n = scores.shape[1]
    ones = torch.ones(n, 1)
    differences = (scores - scores.transpose(1, 2)).abs()
    sums = differences @ (ones @ ones.T)
    scaling = (n + 1 - 2 * (torch.arange(n) + 1)).float()
    logits = (scores @ scaling[None, :] - sums).transpose(1, 2)
    return torch.softmax(logits / temperature, -1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--length", type=int, default=5)
    parser.add_argument("--digits", type=int, default=1)
    parser.add_argument("--temperature", type=float, default=1)
    parser.add_argument("--batch-size", type=int, default=20)
    parser.add_argument("--learning-rate", type=float, default=0.001)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--evaluation-sequences", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    streams = Philox(options.seed)
    training = images(options.data, "train")
    test = images(options.data, "t10k")
    network = Network(options.digits, streams.folding(WEIGHTS))
    optimizer = torch.optim.Adam(network.parameters(), lr=options.learning_rate)
    n = options.length
    losses, seconds = [], []
    for step in range(options.steps):
        own = streams.folding(STEPS).folding(step).folding(0)
        items, numbers = batch(training, options.batch_size, n, options.digits, own)
        started = time.perf_counter()
        truth = torch.nn.functional.one_hot(numbers.argsort(dim=1, descending=True), n).float()
        scores = network(items).reshape(options.batch_size, n, 1)
        found = neural_sort(scores, options.temperature)
        loss = -(truth * (found + 1e-20).log()).sum(-1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        seconds.append(time.perf_counter() - started)
    wholes = rights = 0
    size = max(1, 250 // n)
    with torch.no_grad():
        for start in range(0, options.evaluation_sequences, size):
            count = min(size, options.evaluation_sequences - start)
            own = streams.folding(TEST).folding(start)
            items, numbers = batch(test, count, n, options.digits, own)
            found = network(items).reshape(count, n).argsort(dim=1, descending=True)
            right = found == numbers.argsort(dim=1, descending=True)
            wholes += right.all(1).sum().item()
            rights += right.sum().item()
    sequences = options.evaluation_sequences
    print(json.dumps({
        "exact": wholes / sequences, "elementwise": rights / sequences / n,
        "first_loss": losses[0], "loss": losses[-1], "seconds": sum(seconds),
        "seconds_per_step": sum(seconds) / options.steps,
        "median_seconds": sorted(seconds)[len(seconds) // 2],
    }))


if __name__ == "__main__":
    main()
