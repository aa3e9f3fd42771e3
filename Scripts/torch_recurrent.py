#!/usr/bin/env python3
"""Print what PyTorch's LSTM and GRU end in on the weights of Tests/LearningTests/RecurrenceExactnessTests.swift.

The n-th number of an array is sin(step n). The test's gates stand in the order i f o g and z r n, PyTorch's in i f g o and r z n; its
bias is PyTorch's of the inputs, and the GRU's other one that of the hidden state's candidate.
"""

import numpy as np
import torch


def wave(shape, step):
    return torch.tensor(np.sin(step * np.arange(1, np.prod(shape) + 1)).reshape(shape))


def build(kind, order, inputs=3, units=4):
    """A layer whose n-th gate is the test's gate order[n]."""
    count = len(order)

    def gates(rows, step):
        array = wave((rows, count, units), step)[:, list(order)]
        return array.reshape(rows, count * units).T

    layer = kind(inputs, units, dtype=torch.float64)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(gates(inputs, 0.31))
        layer.weight_hh_l0.copy_(gates(units, 0.53))
        layer.bias_ih_l0.copy_(gates(1, 0.17).flatten())
        layer.bias_hh_l0.zero_()
        if kind is torch.nn.GRU:
            layer.bias_hh_l0[2 * units :] = wave((units,), 0.37)
    return layer


x = wave((5, 2, 3), 0.7)
with torch.no_grad():
    _, (hidden, cell) = build(torch.nn.LSTM, (0, 1, 3, 2))(x)
    _, state = build(torch.nn.GRU, (1, 0, 2))(x)
for name, value in [("LSTM, hidden", hidden), ("LSTM, cell", cell), ("GRU", state)]:
    print(f"{name:<13}", *(f"{number:.8f}" for number in value.flatten().tolist()))
