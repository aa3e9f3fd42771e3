"""ListMLE in PyTorch, of the shape and by the steps of `discrete rank learn`, on files with group sizes.

Prints NDCG at 5 of the test documents and the seconds of an epoch.
"""

import argparse
import json
import math
import random
import time

import torch


def read(path, groups, features):
    """Grades, features, and where the documents of each query stand."""
    grades, rows = [], []
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split("#")[0].split()
            grades.append(float(words[0]))
            row = [0.0] * features
            for word in words[1:]:
                number, value = word.split(":")
                row[int(number) - 1] = float(value)
            rows.append(row)
    queries, start = [], 0
    with open(groups, encoding="utf-8") as file:
        for line in file:
            queries.append((start, start + int(line)))
            start += int(line)
    return grades, torch.tensor(rows), queries


def ndcg(scores, grades, cutoff):
    """Of one query; None where nothing is relevant."""
    gains = [2**grade - 1 for grade in grades]
    order = sorted(range(len(grades)), key=lambda item: (-scores[item], item))
    total = lambda values: sum(g / math.log2(p + 2) for p, g in enumerate(values[:cutoff]))
    best = total(sorted(gains, reverse=True))
    return total([gains[item] for item in order]) / best if best > 0 else None


def main():
    parser = argparse.ArgumentParser()
    for name in ["train", "train_groups", "test", "test_groups"]:
        parser.add_argument(name)
    parser.add_argument("--features", type=int, default=300)
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    grades, features, queries = read(options.train, options.train_groups, options.features)
    held, others, held_queries = read(options.test, options.test_groups, options.features)
    mean, deviation = features.mean(0), features.std(0, unbiased=False)
    scale = torch.where(deviation > 0, 1 / deviation.clamp_min(1e-6), 0)
    features, others = (features - mean) * scale, (others - mean) * scale
    net = torch.nn.Sequential(
        torch.nn.Linear(options.features, options.hidden),
        torch.nn.ReLU(),
        torch.nn.Linear(options.hidden, 1),
    )
    for layer in (net[0], net[2]):
        torch.nn.init.normal_(layer.weight, std=layer.in_features**-0.5)
        torch.nn.init.zeros_(layer.bias)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    start = time.perf_counter()
    for _ in range(options.epochs):
        random.shuffle(queries)
        for first in range(0, len(queries), 10):
            batch = queries[first : first + 10]
            scores = net(torch.cat([features[a:b] for a, b in batch])).squeeze(1)
            losses, place = [], 0
            for a, b in batch:
                order = list(range(b - a))
                random.shuffle(order)
                order.sort(key=lambda item: -grades[a + item])
                listed = scores[place : place + b - a][order]
                remaining = listed.flip(0).logcumsumexp(0).flip(0)
                losses.append((remaining - listed).sum())
                place += b - a
            adam.zero_grad()
            torch.stack(losses).mean().backward()
            adam.step()
    seconds = (time.perf_counter() - start) / options.epochs
    with torch.no_grad():
        scores = net(others).squeeze(1).tolist()
    values = [ndcg(scores[a:b], held[a:b], 5) for a, b in held_queries]
    values = [value for value in values if value is not None]
    print(
        json.dumps(
            {
                "peer": "torch",
                "seed": options.seed,
                "ndcg_5": sum(values) / len(values),
                "seconds_per_epoch": round(seconds, 4),
            }
        )
    )


if __name__ == "__main__":
    main()
