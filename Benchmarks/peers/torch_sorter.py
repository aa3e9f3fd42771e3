"""NeuralSort in PyTorch as published, with its matrices, on sequences and a network like those of `discrete train sorter`.

Prints both accuracies on sequences of test digits, and the seconds of a training step without the making of its batch.
"""

import argparse
import gzip
import json
import math
import os
import time

import numpy
import torch


def idx(folder, name, header):
    path = os.path.join(folder, name)
    opened = open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")
    with opened as file:
        return numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=header)


def images(folder, part):
    pixels = idx(folder, part + "-images-idx3-ubyte", 16).reshape(-1, 28, 28)
    labels = idx(folder, part + "-labels-idx1-ubyte", 8)
    return pixels, [numpy.flatnonzero(labels == digit) for digit in range(10)], labels


def batch(data, sequences, length, digits, generator):
    """Different numbers drawn uniformly, and for each of their digits an image with that label."""
    pixels, by_digit = data
    numbers = numpy.stack(
        [generator.choice(10**digits, length, replace=False) for _ in range(sequences)])
    items = numpy.empty((sequences * length, 1, 28, 28 * digits), dtype=numpy.float32)
    for item, number in enumerate(numbers.flat):
        for digit in range(digits):
            own = by_digit[number // 10 ** (digits - 1 - digit) % 10]
            items[item, 0, :, 28 * digit : 28 * digit + 28] = pixels[generator.choice(own)] / 255
    return torch.from_numpy(items), torch.from_numpy(numbers.astype(numpy.float32))


class Network(torch.nn.Module):
    def __init__(self, digits):
        super().__init__()
        self.near = torch.nn.Conv2d(1, 32, 5, padding=2)
        self.far = torch.nn.Conv2d(32, 64, 5, padding=2)
        self.dense = torch.nn.Linear(7 * 7 * digits * 64, 64)
        self.output = torch.nn.Linear(64, 1)
        for layer in [self.near, self.far, self.dense, self.output]:
            inputs = layer.weight[0].numel()
            factor = 2 if isinstance(layer, torch.nn.Conv2d) else 1
            torch.nn.init.normal_(layer.weight, std=math.sqrt(factor / inputs))
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
    torch.manual_seed(options.seed)
    generator = numpy.random.default_rng(options.seed)
    pixels, _, labels = images(options.data, "train")
    kept = len(labels) - len(labels) // 6
    training = pixels[:kept], [numpy.flatnonzero(labels[:kept] == digit) for digit in range(10)]
    test = images(options.data, "t10k")[:2]
    network = Network(options.digits)
    optimizer = torch.optim.Adam(network.parameters(), lr=options.learning_rate)
    n = options.length
    seconds = []
    for _ in range(options.steps):
        items, numbers = batch(training, options.batch_size, n, options.digits, generator)
        started = time.perf_counter()
        truth = torch.nn.functional.one_hot(numbers.argsort(dim=1, descending=True), n).float()
        scores = network(items).reshape(options.batch_size, n, 1)
        found = neural_sort(scores, options.temperature)
        loss = -(truth * (found + 1e-20).log()).sum(-1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seconds.append(time.perf_counter() - started)
    wholes = rights = 0
    with torch.no_grad():
        for _ in range(options.evaluation_sequences // 50):
            items, numbers = batch(test, 50, n, options.digits, generator)
            found = network(items).reshape(50, n).argsort(dim=1, descending=True)
            right = found == numbers.argsort(dim=1, descending=True)
            wholes += right.all(1).sum().item()
            rights += right.sum().item()
    sequences = options.evaluation_sequences // 50 * 50
    print(json.dumps({
        "exact": wholes / sequences, "elementwise": rights / sequences / n,
        "loss": loss.item(), "seconds": sum(seconds),
        "seconds_per_step": sum(seconds) / options.steps,
        "median_seconds": sorted(seconds)[len(seconds) // 2],
    }))


if __name__ == "__main__":
    main()
