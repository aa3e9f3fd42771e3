"""The random streams of this package, in Python: equal seeds give the numbers that the Swift side draws."""

import numpy

DRAW, FOLD = 0, 1
LOW = 0xFFFFFFFF


def block(counter, key):
    """Philox4x32-10 as published: four words, each a whole number or an array of uint64."""
    a, b, c, d = counter
    low, high = key & LOW, key >> 32
    for _ in range(10):
        p, q = a * 0xD2511F53, c * 0xCD9E8D57
        a, b, c, d = (q >> 32) ^ b ^ low, q & LOW, (p >> 32) ^ d ^ high, p & LOW
        low, high = (low + 0x9E3779B9) & LOW, (high + 0xBB67AE85) & LOW
    return a, b, c, d


class Philox:
    """A generator by its key, which is the seed of a new one."""

    def __init__(self, seed):
        self.key, self.draws = seed, 0

    def _block(self, index, purpose):
        a, b, c, d = block((index & LOW, index >> 32, purpose, 1), self.key)
        return a | b << 32, c | d << 32

    def next(self):
        """A uniform word of 64 bits."""
        self.draws += 1
        return self._block((self.draws - 1) // 2, DRAW)[(self.draws - 1) % 2]

    def folding(self, index):
        """The generator of item `index`."""
        return Philox(self._block(index, FOLD)[0])

    def below(self, bound):
        """A whole number of 0..<bound, by the method of Lemire that Swift's library has."""
        product = self.next() * bound
        while product % 2**64 < 2**64 % bound:
            product = self.next() * bound
        return product >> 64

    def normal(self, shape):
        """Standard normal variates, but for the rounding of logarithm and sine."""
        key, count = self.next(), int(numpy.prod(shape))
        index = numpy.arange((count + 63) // 64 * 16, dtype=numpy.uint64)
        zeros = numpy.zeros_like(index)
        # Of 64 words the first words of sixteen blocks come first, then their second ones, and so on.
        words = numpy.stack(block((index & LOW, index >> 32, zeros, zeros), key))
        words = words.reshape(4, -1, 16).swapaxes(0, 1).reshape(-1, 2, 32)
        # Rounded as in single precision, since the largest radii feel it.
        share = words[:, 0].astype(numpy.float32) / 2**32 + numpy.float32(2**-33)
        share = numpy.minimum(share, numpy.float32(1 - 2**-24)).astype(numpy.float64)
        radius = numpy.sqrt(-2 * numpy.log1p(-share))
        angle = 2 * numpy.pi * ((words[:, 1] >> 9) + 0.5) / 2**23
        both = numpy.stack([radius * numpy.cos(angle), radius * numpy.sin(angle)], axis=1)
        return both.reshape(-1)[:count].reshape(shape).astype(numpy.float32)
