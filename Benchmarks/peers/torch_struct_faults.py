"""Inputs on which torch-struct is known to be wrong: its answer beside that of a list of all states.

The same inputs stand in PeerFaultsExactnessTests.swift, with the answers of the list.
"""

import itertools
import math
import warnings

import torch
import torch_struct


def score(index, scale=1.0):
    """A number that is written down without a generator."""
    return scale * ((index * 37 % 11) * 0.3 - 1.2)


def large_scores():
    """A chain of six steps of two labels whose scores are about 8e5."""
    scores = torch.tensor([8e5 + score(i) for i in range(5 * 4)]).reshape(1, 5, 2, 2)
    law = torch_struct.LinearChainCRF(scores)
    table = scores[0].double()
    paths = list(itertools.product(range(2), repeat=6))
    sums = [sum(table[t, path[t + 1], path[t]].item() for t in range(5)) for path in paths]
    best = max(range(len(paths)), key=sums.__getitem__)
    exact = -math.log(sum(math.exp(s - sums[best]) for s in sums))
    parts = torch.zeros(1, 1, 5, 2, 2)
    for t in range(5):
        parts[0, 0, t, paths[best][t + 1], paths[best][t]] = 1
    print(f"#61 log-probability of the best chain: torch-struct {law.log_prob(parts).item():.6f}, exact {exact:.6f}")


def alignments(n, m):
    """Every way from (0, 0) to the last cell, as cells with their steps."""
    ways = {(0, 0): [[]]}
    for i in range(n):
        for j in range(m):
            if i + j > 0:
                ways[i, j] = [
                    way + [(i, j, kind)]
                    for kind, (a, b) in enumerate([(1, 1), (1, 0), (0, 1)])
                    for way in ways.get((i - a, j - b), [])
                ]
    return ways[n - 1, m - 1]


def uneven_alignments():
    """Two alignments of four to four, the second of three to three, in one batch."""
    scores = torch.tensor([score(i) for i in range(2 * 4 * 4 * 3)]).reshape(2, 4, 4, 3)
    law = torch_struct.AlignmentCRF(scores, lengths=torch.tensor([4, 3]))
    for row, size in enumerate((4, 3)):
        sums = [sum(scores[row, i, j, k].item() for i, j, k in way) for way in alignments(size, size)]
        exact = math.log(sum(map(math.exp, sums)))
        print(f"#46 log-normalizer of alignment {row}: torch-struct {law.partition[row].item():.4f}, list {exact:.4f}")
    print(f"#46 log-probability of its own mode: torch-struct {law.log_prob(law.argmax)[..., :].tolist()}")


def uneven_segmentations():
    """The log-normalizer of six steps alone, and in a batch beside four."""
    scores = torch.tensor([score(i) for i in range(2 * 5 * 4)]).reshape(2, 5, 4, 1, 1)
    alone = torch_struct.SemiMarkovCRF(scores[:1], lengths=torch.tensor([6])).partition[0].item()
    together = torch_struct.SemiMarkovCRF(scores, lengths=torch.tensor([6, 4])).partition[0].item()
    print(f"#110 log-normalizer of the longer member: torch-struct alone {alone:.4f}, in a batch {together:.4f}")


for case in (large_scores, uneven_alignments, uneven_segmentations):
    warnings.simplefilter("ignore")
    try:
        case()
    except Exception as error:
        print(f"{case.__doc__} torch-struct fails: {type(error).__name__}: {error}")
