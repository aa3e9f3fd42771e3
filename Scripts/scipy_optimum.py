#!/usr/bin/env python3
"""Find the optimum of a fit of rankings with SciPy, and compare it with that of `discrete rank fit`.

This shares no line with the library: it has its own reader, and every choice is a softmax over a list of all groups that could have
been chosen, written out one by one. With ties, files of about ten items are therefore the largest.

    scipy_optimum.py votes.soc
    scipy_optimum.py votes.toc --model davidson-luce --discrete .build/release/discrete
"""

import argparse
import gzip
import itertools
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize, root
from scipy.special import logsumexp, softmax


def read_preflib(path):
    """Number of items, and (groups of items from 0, voters) of every order."""
    content = Path(path).read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    items, orders = 0, []
    for line in content.decode().splitlines():
        key, _, value = line.partition(":")
        if key == "# NUMBER ALTERNATIVES":
            items = int(value)
        elif line and not line.startswith("#"):
            # Braces become brackets, and the order a list of JSON whose ties are lists.
            places = json.loads("[" + value.replace("{", "[").replace("}", "]") + "]")
            groups = [place if isinstance(place, list) else [place] for place in places]
            orders.append(([tuple(i - 1 for i in group) for group in groups], int(key)))
    if not orders:
        sys.exit(f"{path}: no orders of PrefLib")
    return items, orders


def choices(path, items, orders, has_ties):
    """How often each group was chosen from each set of items that were left."""
    counts = Counter()
    for groups, voters in orders:
        left = frozenset(range(items))
        for group in groups:
            if len(group) > 1 and not has_ties:
                if len(group) < len(left):
                    sys.exit(f"{path}: {group} are tied, --model davidson-luce has ties")
                break
            if len(left) > 1:
                counts[left, frozenset(group)] += voters
            left -= set(group)
    return counts


class Likelihood:
    """Minus the mean log-likelihood of a choice: a softmax over groups whose scores are linear in the parameters.

    Parameters are the log-worths of all items but the first, which is zero, then the log-prevalences of ties.
    """

    def __init__(self, items, counts):
        self.items = items
        self.sizes = sorted({1} | {len(group) for _, group in counts})
        self.total = sum(counts.values())
        self.observed = sum(n * self.features([group])[0] for (_, group), n in counts.items())
        weights = Counter()
        for (left, _), n in counts.items():
            weights[left] += n
        self.sets = [(self.features(self.groups(left)), n) for left, n in weights.items()]

    def groups(self, left):
        return [g for k in self.sizes for g in itertools.combinations(sorted(left), k)]

    def features(self, groups):
        """Per group the mean of its log-worths and its prevalence, as coefficients: [groups, parameters]."""
        rows = np.zeros((len(groups), self.items + len(self.sizes)))
        for row, group in zip(rows, groups):
            row[list(group)] = 1 / len(group)
            row[self.items + self.sizes.index(len(group))] = 1
        # Without the first item and the prevalence of single ones.
        return np.delete(rows, [0, self.items], axis=1)

    def value(self, x):
        return (sum(n * logsumexp(f @ x) for f, n in self.sets) - self.observed @ x) / self.total

    def gradient(self, x):
        return (sum(n * (softmax(f @ x) @ f) for f, n in self.sets) - self.observed) / self.total

    def hessian(self, x):
        result = 0
        for f, n in self.sets:
            p = softmax(f @ x)
            mean = p @ f
            result = result + n * ((f.T * p) @ f - np.outer(mean, mean))
        return result / self.total

    def optimum(self):
        """Log-worths that sum to zero, log-prevalences by size, the log-likelihood, and the largest slope that is left."""
        start = np.zeros(len(self.observed))
        found = minimize(
            self.value, start, jac=self.gradient, hess=self.hessian, method="trust-exact",
            options={"gtol": 1e-8})
        # Values cannot tell points apart that slopes can.
        x = root(self.gradient, found.x, jac=self.hessian, method="hybr", tol=1e-15).x
        worths = np.concatenate([[0], x[: self.items - 1]])
        prevalences = dict(zip(self.sizes[1:], x[self.items - 1 :]))
        slope = np.abs(self.gradient(x)).max()
        return worths - worths.mean(), prevalences, -self.total * self.value(x), slope


def fitted(command, path, model):
    """Log-worths by item and log-prevalences by size, as the command finds them."""
    run = subprocess.run(
        [command, "rank", "fit", path, "--model", model, "--json"], capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr.strip())
    *rows, whole = map(json.loads, run.stdout.splitlines())
    worths = {row["item"] - 1: row["log_worth"] for row in rows}
    return worths, {t["size"]: np.log(t["prevalence"]) for t in whole.get("ties", [])}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="one of PrefLib's .soc, .soi, .toc and .toi, also with .gz")
    parser.add_argument(
        "--model", choices=["plackett-luce", "davidson-luce"], default="plackett-luce")
    parser.add_argument("--discrete", default=".build/release/discrete", help="the command")
    arguments = parser.parse_args()
    items, orders = read_preflib(arguments.file)
    has_ties = arguments.model == "davidson-luce"
    likelihood = Likelihood(items, choices(arguments.file, items, orders, has_ties))
    worths, prevalences, value, slope = likelihood.optimum()
    others, other_prevalences = fitted(arguments.discrete, arguments.file, arguments.model)
    rows = [(f"item {item + 1}", worths[item], others[item]) for item in range(items)]
    rows += [(f"ties of {k}", prevalences[k], other_prevalences[k]) for k in prevalences]
    print(f"{'':12}{'SciPy':>22}{'discrete':>22}{'difference':>12}")
    for name, ours, theirs in rows:
        print(f"{name:12}{ours:22.15f}{theirs:22.15f}{abs(ours - theirs):12.1e}")
    print(f"log-likelihood {value:.9f}, largest slope {slope:.1e} per choice")
    print(f"largest difference {max(abs(ours - theirs) for _, ours, theirs in rows):.1e}")


if __name__ == "__main__":
    main()
