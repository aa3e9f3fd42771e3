"""A character model in PyTorch, of the shape and by the steps of `discrete train sequence-gan --adversarial-steps 0`.

Prints the bits per character of the last tenth of the text, in pieces as in training, and the seconds of all steps.
"""

import argparse
import json
import math
import time

import torch


def pieces(path, length):
    """The text in pieces, the first nine tenths to learn from, and the size of its vocabulary."""
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    characters = {character: place for place, character in enumerate(sorted(set(text)))}
    count = len(text) // length
    tokens = torch.tensor([characters[character] for character in text[: count * length]])
    tokens = tokens.reshape(count, length)
    held = max(1, count // 10)
    return tokens[:-held], tokens[-held:], len(characters)


class Model(torch.nn.Module):
    def __init__(self, vocabulary, embedding, hidden):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, embedding)
        self.recurrence = torch.nn.LSTM(embedding, hidden, batch_first=True)
        self.output = torch.nn.Linear(hidden, vocabulary)
        for parameter in self.parameters():
            torch.nn.init.normal_(parameter, std=0.1)
        # One bias, not two.
        torch.nn.init.zeros_(self.recurrence.bias_hh_l0)
        self.recurrence.bias_hh_l0.requires_grad_(False)

    def forward(self, tokens):
        before = torch.cat([torch.zeros_like(tokens[:, :1]), tokens[:, :-1]], dim=1)
        logits = self.output(self.recurrence(self.embedding(before))[0])
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens.flatten())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("text")
    parser.add_argument("--length", type=int, default=100)
    parser.add_argument("--embedding", type=int, default=32)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=0.01)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    training, test, vocabulary = pieces(options.text, options.length)
    model = Model(vocabulary, options.embedding, options.hidden)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=options.learning_rate)
    begin = time.perf_counter()
    steps = 0
    for _ in range(options.epochs):
        for batch in torch.randperm(len(training)).split(options.batch_size):
            optimizer.zero_grad(set_to_none=True)
            model(training[batch]).backward()
            torch.nn.utils.clip_grad_norm_(trained, 5)
            optimizer.step()
            steps += 1
    seconds = time.perf_counter() - begin
    with torch.no_grad():
        sums = [model(part).item() * len(part) for part in test.split(256)]
    bits = sum(sums) / len(test) / math.log(2)
    print(
        json.dumps(
            {
                "peer": "torch",
                "steps": steps,
                "seconds": round(seconds, 2),
                "bits_per_character": round(bits, 4),
            }
        )
    )


if __name__ == "__main__":
    main()
