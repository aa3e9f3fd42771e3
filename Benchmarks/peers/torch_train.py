"""The smallest training run of the belief network in PyTorch: its start and its memory."""

import torch

import harness
import torch_peer


def make_step(pixels):
    network = torch_peer.BeliefNetwork(pixels)
    return lambda images: network.step(torch.bernoulli(torch.tensor(images) / 255))


if __name__ == "__main__":
    torch.manual_seed(0)
    harness.train("torch", make_step)
