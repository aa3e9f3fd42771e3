"""Times the command against its peers, in turn on the same machine, and prints one table.

Absolute times move with the machine and with what else it does, so only ratios of one run count. Every figure is the
median of several rounds; in each round every side runs once, in a process of its own, and the order turns round from
one round to the next.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

PEERS = pathlib.Path(__file__).parent / "peers"
# How many times faster than the best peer each case has to be.
SPEED_GOALS = {
    "gumbel": 8,
    "bernoulli": 8,
    "categorical": 8,
    "gumbel_softmax": 5,
    "gumbel_softmax_st": 5,
    "neural_sort_100": 2,
    "neural_sort_1000": 10,
    "neural_sort_5000": 50,
    "sinkhorn_100": 2,
    "pl_sample": 4,
    "pl_log_prob": 10,
    "nvil_step": 1.7,
    "nvil_deep_step": 2,
    "vae_step": 1.2,
    "disarm_step": 2,
    "sequence_sample": 10,
    "sequence_roll_outs": 10,
    "sequence_generator_step": 3,
    "sequence_discriminator_step": 1,
    "code_bits": 2,
    "code_classes": 2,
    "chain_log_normalizer": 5,
    "chain_marginals": 5,
    "chain_sample": 5,
    "binary_tree_log_normalizer": 5,
    "binary_tree_marginals": 5,
    "binary_tree_sample": 5,
    "arborescence_log_normalizer": 5,
    "arborescence_marginals": 5,
}
# Cases that have other peers than the frameworks, by how their names begin.
OTHER_PEERS = {
    "code_": ["constriction"],
    "chain_": ["torch_struct"],
    "binary_tree_": ["torch_struct"],
    "arborescence_": ["torch_struct"],
}
# Sizes at which no peer is tried, since their matrices would take 40 GB and 4 TB, and what none has.
ALONE = ["neural_sort_100000", "neural_sort_banded_100000", "soft_sort_1000000", "arborescence_sample"]
# Seconds to the first training step, on the built-in data and on a folder.
START_GOALS = {"glyphs": 0.3, "folder": 0.6}
# Peak memory of a training run: so many MiB, or one part in so many of the best peer's.
MEMORY_GOAL, MEMORY_PART = 100, 4
MEMORY_STEPS = 200
CASES = [*SPEED_GOALS, *ALONE, "start", "memory"]
HEADER = ["case", "best peer", "peer", "ours", "ratio", "goal", "met", "peer MiB", "our MiB"]


class Failed(Exception):
    """A process that did not deliver; the message is the last line it wrote."""


class Side:
    """One of those compared. A peer that fails once is left out from then on."""

    def __init__(self, name, measure):
        self.name, self.measure, self.missing = name, measure, False

    def reports(self):
        if self.missing:
            return []
        try:
            return self.measure()
        except Failed as failure:
            if self.name == "discrete":
                sys.exit(f"discrete: {failure}")
            print(f"{self.name} is left out: {failure}", file=sys.stderr)
            self.missing = True
            return []


def launch(arguments):
    """Lines of JSON and peak MiB of a process."""
    with tempfile.TemporaryFile("w+") as errors:
        try:
            process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=errors, text=True)
        except OSError as error:
            raise Failed(f"{arguments[0]}: {error.strerror}") from error
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            written = errors.read().strip().splitlines()
            raise Failed(written[-1] if written else f"exit code {process.returncode}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    reports = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return reports, usage.ru_maxrss / unit


def collect(title, sides, rounds):
    """What all sides report, by side and case."""
    found = {}
    for index in range(rounds):
        for side in sides if index % 2 == 0 else reversed(sides):
            print(f"{title}, round {index + 1} of {rounds}: {side.name}", file=sys.stderr)
            for report in side.reports():
                found.setdefault((side.name, report["case"]), []).append(report)
    return found


def median(reports, field):
    return statistics.median(report[field] for report in reports)


def speed(case, options):
    """A row of the table: our median against that of the fastest peer, among its compiled variants too."""

    def ours():
        return launch([options.command, "bench", case, "--json"])[0]

    def peer(name):
        return Side(name, lambda: launch([sys.executable, str(PEERS / f"{name}_peer.py"), case])[0])

    others = [names for start, names in OTHER_PEERS.items() if case.startswith(start)]
    names = others[0] if others else ["torch", "jax", "mlx"]
    peers = [] if case in ALONE else [peer(name) for name in names]
    sides = [Side("discrete", ours), *peers]
    found = collect(case, sides, options.rounds)
    own = found.pop(("discrete", case), None)
    if own is None:
        sys.exit(f"discrete: no report of case {case}")

    def figure(reports):
        milliseconds, elements = median(reports, "ms"), reports[0]["elements"]
        return f"{milliseconds * 1e6 / elements:.2f} ns" if elements else f"{milliseconds:.2f} ms"

    goal, memory = SPEED_GOALS.get(case), f"{median(own, 'peak_mib'):.0f}"
    if not found:
        return [case, "none", "", figure(own), "", f"{goal} x" if goal else "", "", "", memory]
    (name, variant), best = min(found.items(), key=lambda item: median(item[1], "ms"))
    ratio = median(best, "ms") / median(own, "ms")
    return [
        case,
        name + variant.removeprefix(case).replace("_", " "),
        figure(best),
        figure(own),
        f"{ratio:.1f} x",
        f"{goal} x",
        "yes" if ratio >= goal else "no",
        f"{median(best, 'peak_mib'):.0f}",
        memory,
    ]


def training(case, options):
    """A row of the table: how soon a training run takes its first step, or how much memory it takes.

    Our first step counts as taken when the checkpoint of a run of one step is on disk: an upper bound.
    """
    steps = 1 if case == "start" else MEMORY_STEPS
    field = "start_seconds" if case == "start" else "peak_mib"

    def ours():
        command = [options.command, "train", "belief-network", "--data", options.data or "glyphs"]
        command += ["--layers", "200", "--estimator", "nvil", "--batch-size", "100", "--quiet"]
        with tempfile.TemporaryDirectory() as folder:
            run = pathlib.Path(folder, "run")
            begin = time.time()
            _, memory = launch([*command, "--steps", str(steps), "--out", str(run)])
            seconds = (run / "checkpoints" / "last.safetensors").stat().st_mtime - begin
        return [{"case": "train", "start_seconds": seconds, "peak_mib": memory}]

    def peer(name):
        command = [sys.executable, str(PEERS / f"{name}_train.py"), "--steps", str(steps)]
        command += ["--data", options.data] if options.data else []
        return Side(name, lambda: launch([*command, "--started", str(time.monotonic())])[0])

    found = collect(case, [Side("discrete", ours), peer("torch"), peer("jax")], options.rounds)
    own = median(found.pop(("discrete", "train")), field)
    medians = {name: median(reports, field) for (name, _), reports in found.items()}
    best = min(medians, key=medians.get, default="none")
    figure = "{:.2f} s" if case == "start" else "{:.0f} MiB"
    if case == "start":
        limit = START_GOALS["folder" if options.data else "glyphs"]
        goal = f"{limit} s"
    else:
        limit = max(MEMORY_GOAL, medians.get(best, 0) / MEMORY_PART)
        goal = figure.format(limit)
    return [
        case,
        best,
        figure.format(medians[best]) if medians else "",
        figure.format(own),
        f"{medians[best] / own:.1f} x" if medians else "",
        goal,
        "yes" if own <= limit else "no",
        "",
        "",
    ]


def show(rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", nargs="*", help=f"among {', '.join(CASES)}; all when none is given")
    parser.add_argument("--rounds", type=int, default=3, help="3 unless told otherwise")
    parser.add_argument("--data", help="folder of IDX files for start and memory; glyphs without")
    parser.add_argument("--command", default=".build/release/discrete", help="our command")
    options = parser.parse_args()
    cases = options.case or CASES
    for case in cases:
        if case not in CASES:
            parser.error(f"no case named {case}; there are {', '.join(CASES)}")
    if options.rounds < 1:
        parser.error(f"{options.rounds} rounds, expected one or more")
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"the machine is busy (load average {load:.1f}): the ratios are noisy", file=sys.stderr)
    show([HEADER, *(training(c, options) if c in ("start", "memory") else speed(c, options) for c in cases)])


if __name__ == "__main__":
    main()
