"""Evaluations of `discrete optimize` to the lowest energy of low-autocorrelation sequences, from 20 seeds each.

    Benchmarks/labs.py COMMAND [LEAST MOST]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

# Of 3 bits and more, as exhaustive searches have found them.
ENERGIES = [1, 2, 2, 7, 3, 8, 12, 13, 5, 10, 6, 19, 15, 24, 32, 25, 29, 26, 26, 39, 47, 36, 36, 45, 37, 50, 62, 59]


def budget(bits):
    """All points of a short sequence; a two-hundredth of those of thirty bits."""
    return min(1 << bits, int(100_000 * 1.27 ** max(0, bits - 13)))


def evaluations(command, bits, energy, seed, folder):
    run = os.path.join(folder, "run")
    arguments = ["optimize", "--bits", bits, "--problem", "labs", "--target", energy, "--budget", budget(bits), "--seed", seed]
    output = subprocess.run(
        [command, *map(str, arguments), "--out", run, "--quiet", "--json"], check=True, capture_output=True, text=True).stdout
    subprocess.run(["rm", "-r", run], check=True)
    result = json.loads(output)
    return result["evaluations"] if result["best"] == energy else None


def main():
    command, least, most = sys.argv[1], *map(int, sys.argv[2:4] or [3, 30])
    print("| bits | energy | budget | seeds | median | most |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for bits in range(least, most + 1):
            energy = ENERGIES[bits - 3]
            found = [evaluations(command, bits, energy, seed, folder) for seed in range(1, 21)]
            reached = [count for count in found if count is not None] or [0]
            print(
                f"| {bits} | {energy} | {budget(bits):,} | {sum(count is not None for count in found)} of 20 | "
                f"{statistics.median(reached):,.0f} | {max(reached):,} |", flush=True)


if __name__ == "__main__":
    main()
