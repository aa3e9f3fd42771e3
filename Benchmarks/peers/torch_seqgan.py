"""SeqGAN in PyTorch at a small size, as published: likelihood, then REINFORCE with roll-outs against a discriminator.

Prints for every seed the NLL of samples under the oracle and of fresh data under the generator, before and after the adversarial steps:
what `discrete train sequence-gan --oracle FILE` ends in by the same settings. A file that is not there is made, weights N(0, 1).
"""

import argparse
import copy
import json
import os

import numpy
import torch
from torch.nn import functional

GATES = ("i", "f", "og", "c")


def oracle_arrays(path, vocabulary, units):
    if not os.path.exists(path):
        random = numpy.random.default_rng(0)
        shapes = {"embeddings": (vocabulary, units), "Wo": (units, vocabulary), "bo": (vocabulary,)}
        for gate in GATES:
            shapes |= {"W" + gate: (units, units), "U" + gate: (units, units), "b" + gate: (units,)}
        arrays = {name: random.standard_normal(shape) for name, shape in shapes.items()}
        numpy.savez(path, **{name: array.astype(numpy.float32) for name, array in arrays.items()})
    return {name: torch.from_numpy(array) for name, array in numpy.load(path).items()}


class Generator(torch.nn.Module):
    """An embedding, an LSTM and a softmax; the first token follows token 0."""

    def __init__(self, vocabulary, units, length):
        super().__init__()
        self.length = length
        self.embedding = torch.nn.Embedding(vocabulary, units)
        self.cell = torch.nn.LSTMCell(units, units)
        self.output = torch.nn.Linear(units, vocabulary)
        for parameter in self.parameters():
            torch.nn.init.normal_(parameter, std=0.1)
        # One bias, not two.
        torch.nn.init.zeros_(self.cell.bias_hh)
        self.cell.bias_hh.requires_grad_(False)

    @classmethod
    def oracle(cls, arrays, length):
        model = cls(*arrays["embeddings"].shape, length)
        # PyTorch's order is i f g o.
        order = ("i", "f", "c", "og")
        with torch.no_grad():
            model.embedding.weight.copy_(arrays["embeddings"])
            model.cell.weight_ih.copy_(torch.cat([arrays["W" + gate] for gate in order], 1).T)
            model.cell.weight_hh.copy_(torch.cat([arrays["U" + gate] for gate in order], 1).T)
            model.cell.bias_ih.copy_(torch.cat([arrays["b" + gate] for gate in order]))
            model.output.weight.copy_(arrays["Wo"].T)
            model.output.bias.copy_(arrays["bo"])
        return model

    def step(self, tokens, state):
        state = self.cell(self.embedding(tokens), state)
        return self.output(state[0]), state

    def log_probabilities(self, sequences):
        before, state, logs = torch.zeros_like(sequences[:, 0]), None, []
        for tokens in sequences.unbind(1):
            logits, state = self.step(before, state)
            logs.append(-functional.cross_entropy(logits, tokens, reduction="none"))
            before = tokens
        return torch.stack(logs, 1)

    @torch.no_grad()
    def complete(self, prefixes):
        before, state, tokens = torch.zeros(len(prefixes), dtype=torch.long), None, []
        for place in range(self.length):
            logits, state = self.step(before, state)
            if place < prefixes.shape[1]:
                before = prefixes[:, place]
            else:
                before = torch.multinomial(logits.softmax(1), 1)[:, 0]
            tokens.append(before)
        return torch.stack(tokens, 1)

    def sample(self, count):
        return self.complete(torch.zeros(count, 0, dtype=torch.long))

    @torch.no_grad()
    def nll(self, sequences):
        return -self.log_probabilities(sequences).mean().item()


class Discriminator(torch.nn.Module):
    def __init__(self, vocabulary, widths, filters, embedding=64):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, embedding)
        torch.nn.init.uniform_(self.embedding.weight, -1, 1)
        self.convolutions = torch.nn.ModuleList(
            torch.nn.Conv1d(embedding, filters, width) for width in widths
        )
        for convolution in self.convolutions:
            torch.nn.init.trunc_normal_(convolution.weight, std=0.1, a=-0.2, b=0.2)
            torch.nn.init.constant_(convolution.bias, 0.1)
        features = filters * len(widths)
        self.map = torch.nn.Linear(features, features)
        self.gate = torch.nn.Linear(features, features)
        torch.nn.init.constant_(self.gate.bias, -2)
        self.output = torch.nn.Linear(features, 1)

    def forward(self, sequences, dropout=0.0):
        tokens = self.embedding(sequences).transpose(1, 2)
        x = torch.cat([layer(tokens).relu().amax(2) for layer in self.convolutions], 1)
        x = x + self.gate(x).sigmoid() * (self.map(x).relu() - x)
        return self.output(functional.dropout(x, dropout, dropout > 0))[:, 0]


class Run:
    def __init__(self, options, oracle):
        self.options, self.oracle = options, oracle
        vocabulary = oracle.output.out_features
        self.data = oracle.sample(options.sequences)
        self.test = oracle.sample(options.evaluation_sequences)
        self.generator = Generator(vocabulary, options.hidden, options.length)
        self.discriminator = Discriminator(vocabulary, range(1, 6), 32)
        self.teacher = torch.optim.Adam(self.discriminator.parameters(), lr=1e-4)

    def optimizer(self):
        trained = [weight for weight in self.generator.parameters() if weight.requires_grad]
        optimizer = torch.optim.Adam(trained, lr=self.options.learning_rate)

        def descend(loss):
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 5)
            optimizer.step()

        return descend

    def figures(self):
        sample = self.generator.sample(self.options.evaluation_sequences)
        return [round(self.oracle.nll(sample), 4), round(self.generator.nll(self.test), 4)]

    def pretrain(self):
        descend = self.optimizer()
        for _ in range(self.options.pretrain_epochs):
            for rows in torch.randperm(len(self.data)).split(self.options.batch_size):
                descend(-self.generator.log_probabilities(self.data[rows]).mean())

    def teach(self):
        generated = self.generator.sample(len(self.data))
        both = torch.cat([self.data, generated])
        signs = torch.cat([-torch.ones(len(self.data)), torch.ones(len(generated))])
        for rows in torch.randperm(len(both)).split(self.options.batch_size):
            logits = self.discriminator(both[rows], dropout=0.25)
            penalty = 0.1 * self.discriminator.output.weight.square().sum()
            self.teacher.zero_grad(set_to_none=True)
            (functional.softplus(signs[rows] * logits).mean() + penalty).backward()
            self.teacher.step()

    def rewards(self, roll_out, sample):
        columns = []
        with torch.no_grad():
            for given in range(1, self.options.length):
                prefixes = sample[:, :given].repeat(self.options.roll_outs, 1)
                judged = self.discriminator(roll_out.complete(prefixes)).sigmoid()
                columns.append(judged.reshape(self.options.roll_outs, -1).mean(0))
            columns.append(self.discriminator(sample).sigmoid())
        return torch.stack(columns, 1)

    def adversarial(self):
        for _ in range(5):
            self.teach()
        descend, roll_out = self.optimizer(), copy.deepcopy(self.generator)
        for _ in range(self.options.adversarial_steps):
            sample = self.generator.sample(self.options.batch_size)
            rewards = self.rewards(roll_out, sample)
            descend(-(self.generator.log_probabilities(sample) * rewards).sum())
            with torch.no_grad():
                for kept, new in zip(roll_out.parameters(), self.generator.parameters()):
                    kept.mul_(0.8).add_(new, alpha=0.2)
                roll_out.embedding.weight.copy_(self.generator.embedding.weight)
            self.teach()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("oracle")
    parser.add_argument("--vocabulary", type=int, default=200)
    parser.add_argument("--length", type=int, default=10)
    parser.add_argument("--hidden", type=int, default=16)
    parser.add_argument("--sequences", type=int, default=2000)
    parser.add_argument("--evaluation-sequences", type=int, default=2000)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=0.01)
    parser.add_argument("--pretrain-epochs", type=int, default=20)
    parser.add_argument("--adversarial-steps", type=int, default=60)
    parser.add_argument("--roll-outs", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    arrays = oracle_arrays(options.oracle, options.vocabulary, options.hidden)
    for seed in range(1, options.seeds + 1):
        torch.manual_seed(seed)
        run = Run(options, Generator.oracle(arrays, options.length))
        run.pretrain()
        before = run.figures()
        run.adversarial()
        after = run.figures()
        print(json.dumps({"peer": "torch", "seed": seed, "before": before, "after": after}), flush=True)


if __name__ == "__main__":
    main()
