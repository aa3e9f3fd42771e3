"""The benchmark's laws over structures in torch-struct."""

import warnings

import torch
import torch_struct

import harness


def time_law(name, law, *scores):
    """The three questions of a law, which is made anew for each; it has no sampler for trees that cross."""
    potentials = torch.randn(*scores)

    def timed(case, call):
        def report():
            # Our side has twenty calls; draws, which take the peer seconds, have one.
            calls = 1 if case == "sample" else 20
            milliseconds = harness.measure(call, calls=calls, warm_up=1, repetitions=3)
            harness.report("torch_struct", f"{name}_{case}", milliseconds)

        return report

    calls = {
        "log_normalizer": lambda: law(potentials).partition,
        "marginals": lambda: law(potentials).marginals,
        "sample": lambda: law(potentials).sample((1,)),
    }
    return {case: timed(case, call) for case, call in calls.items()}


def arborescences(potentials):
    return torch_struct.NonProjectiveDependencyCRF(potentials, multiroot=True)


LAWS = {
    # Transitions [batch, steps - 1, labels, labels]; spans [batch, leaves, leaves, labels]; heads and modifiers.
    "chain": time_law("chain", torch_struct.LinearChainCRF, 64, 99, 20, 20),
    "binary_tree": time_law("binary_tree", torch_struct.TreeCRF, 32, 40, 40, 1),
    "arborescence": time_law("arborescence", arborescences, 64, 40, 40),
}
CASES = {f"{law}_{case}": call for law, calls in LAWS.items() for case, call in calls.items()}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    harness.run(CASES)
