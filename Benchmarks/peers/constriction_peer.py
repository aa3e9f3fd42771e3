"""The entropy coder of constriction on the cases of `discrete bench`: written and read once, on one core."""

import constriction
import numpy

import harness

BITS, SYMBOLS, CLASSES = 4_000_000, 10_000_000, 256
models = constriction.stream.model


def time_code(case, symbols, *law):
    def write_and_read():
        coder = constriction.stream.stack.AnsCoder()
        coder.encode_reverse(symbols, *law)
        # A law with parameters has one for each symbol, and needs no count.
        read = coder.decode(*law) if len(law) > 1 else coder.decode(*law, len(symbols))
        assert numpy.array_equal(read, symbols)

    harness.report("constriction", case, harness.measure(write_and_read, repetitions=5, warm_up=1), len(symbols))


def code_bits():
    random = numpy.random.default_rng(0)
    probabilities = random.random(BITS)
    bits = (random.random(BITS) < probabilities).astype(numpy.int32)
    time_code("code_bits", bits, models.Bernoulli(perfect=False), probabilities)


def code_classes():
    weights = 1 / (1 + numpy.arange(CLASSES))
    law = models.Categorical(weights / weights.sum(), perfect=False)
    symbols = numpy.random.default_rng(0).choice(CLASSES, SYMBOLS, p=weights / weights.sum()).astype(numpy.int32)
    time_code("code_classes", symbols, law)


if __name__ == "__main__":
    harness.run({"code_bits": code_bits, "code_classes": code_classes})
