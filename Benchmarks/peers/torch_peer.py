"""The benchmark's cases in PyTorch."""

import sys

import torch
from torch.nn import functional

import harness


def gumbel():
    draw = lambda: torch.empty(harness.VARIATES).exponential_().log_().neg_()
    harness.report("torch", "gumbel", harness.measure(draw), harness.VARIATES)


def bernoulli():
    probabilities = torch.full((harness.VARIATES,), 0.3)
    milliseconds = harness.measure(lambda: torch.bernoulli(probabilities))
    harness.report("torch", "bernoulli", milliseconds, harness.VARIATES)


def categorical():
    logits = torch.randn(harness.ROWS, harness.CLASSES)

    def draw():
        return torch.distributions.Categorical(logits=logits, validate_args=False).sample()

    harness.report("torch", "categorical", harness.measure(draw), logits.numel())


def log_bernoulli(logits, bits):
    loss = functional.binary_cross_entropy_with_logits(logits, bits, reduction="none")
    return -loss.sum(dim=-1)


class BeliefNetwork:
    """A sigmoid belief network with one layer of latents, trained with NVIL."""

    batch = harness.BATCH

    def __init__(self, pixels=harness.PIXELS, compiled=False):
        def weight(inputs, outputs):
            return torch.randn(inputs, outputs).div_(inputs**0.5).requires_grad_()

        def zeros(size):
            return torch.zeros(size, requires_grad=True)

        hidden, units = harness.LATENTS, harness.BASELINE_UNITS
        self.encoder = weight(pixels, hidden), zeros(hidden)
        self.decoder = weight(hidden, pixels), zeros(pixels)
        self.prior = zeros(hidden)
        self.baseline = weight(pixels, units), zeros(units), weight(units, 1), zeros(1)
        parameters = [*self.encoder, *self.decoder, self.prior, *self.baseline]
        self.optimizer = torch.optim.Adam(parameters, lr=harness.LEARNING_RATE, fused=True)
        self.center = torch.zeros(())
        self.objective = torch.compile(self.loss) if compiled else self.loss

    def loss(self, images, noise, center):
        encoder_weight, encoder_bias = self.encoder
        decoder_weight, decoder_bias = self.decoder
        w1, b1, w2, b2 = self.baseline
        logits = torch.addmm(encoder_bias, images, encoder_weight)
        latents = (noise < logits.sigmoid()).float()
        log_posterior = log_bernoulli(logits, latents)
        log_joint = log_bernoulli(torch.addmm(decoder_bias, latents, decoder_weight), images)
        log_joint = log_joint + log_bernoulli(self.prior.expand_as(latents), latents)
        bound = (log_joint - log_posterior).detach()
        predicted = torch.addmm(b2, torch.addmm(b1, images, w1).tanh(), w2).squeeze(1) + center
        signal = bound - predicted
        # The posterior's own term in the bound makes the weight of its score one less.
        surrogate = log_joint + (signal.detach() - 1) * log_posterior
        return signal.square().mean() - surrogate.mean(), bound.mean()

    def step(self, images):
        noise = torch.rand(len(images), harness.LATENTS)
        loss, bound = self.objective(images, noise, self.center)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.center = torch.lerp(bound, self.center, harness.DECAY)


class DeepBeliefNetwork:
    """Three stochastic layers, each with NVIL's local learning signal and a baseline of its own."""

    batch = harness.BATCH

    def __init__(self, compiled=False):
        sizes = [harness.PIXELS] + 3 * [harness.LATENTS]
        links = list(zip(sizes, sizes[1:]))
        self.encoder = torch.nn.ModuleList(torch.nn.Linear(below, above) for below, above in links)
        self.decoder = torch.nn.ModuleList(torch.nn.Linear(above, below) for below, above in links)
        self.baselines = torch.nn.ModuleList(
            perceptron(below, harness.BASELINE_UNITS, 1) for below, _ in links
        )
        self.prior = torch.zeros(sizes[-1], requires_grad=True)
        parts = self.encoder, self.decoder, self.baselines
        parameters = [*(p for part in parts for p in part.parameters()), self.prior]
        self.optimizer = torch.optim.Adam(parameters, lr=harness.LEARNING_RATE, fused=True)
        self.centers = torch.zeros(len(links), 1)
        self.objective = torch.compile(self.loss) if compiled else self.loss

    def loss(self, images, noise, centers):
        below, scores, terms, predicted = images, [], [], []
        for layer, encode in enumerate(self.encoder):
            logits = encode(below)
            above = (noise[layer] < logits.sigmoid()).float()
            scores.append(log_bernoulli(logits, above))
            terms.append(log_bernoulli(self.decoder[layer](above), below))
            predicted.append(self.baselines[layer](below).squeeze(1))
            below = above
        terms[-1] = terms[-1] + log_bernoulli(self.prior.expand_as(below), below)
        scores, terms = torch.stack(scores), torch.stack(terms)
        # A layer's signal holds its own terms and those above.
        bounds = (terms - scores).detach().flip(0).cumsum(0).flip(0)
        signals = bounds - torch.stack(predicted) - centers
        surrogate = terms + (signals.detach() - 1) * scores
        loss = signals.square().mean(dim=1).sum() - surrogate.sum(dim=0).mean()
        return loss, bounds.mean(dim=1, keepdim=True)

    def step(self, images):
        noise = torch.rand(len(self.encoder), len(images), harness.LATENTS)
        loss, bounds = self.objective(images, noise, self.centers)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.centers = torch.lerp(bounds, self.centers, harness.DECAY)


def perceptron(*sizes):
    """Linear maps with tanh between."""
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.Tanh()]
    return torch.nn.Sequential(*layers[:-1])


class Autoencoder:
    """Categorical latents trained by Gumbel-Softmax, the divergence in closed form."""

    batch = harness.BATCH

    def __init__(self, compiled=False):
        sizes = [harness.PIXELS, *harness.HIDDEN, harness.VARIABLES * harness.STATES]
        self.encoder, self.decoder = perceptron(*sizes), perceptron(*reversed(sizes))
        parameters = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.optimizer = torch.optim.Adam(parameters, lr=harness.LEARNING_RATE, fused=True)
        self.objective = torch.compile(self.loss) if compiled else self.loss

    def loss(self, images, exponentials):
        logits = self.encoder(images).view(-1, harness.VARIABLES, harness.STATES)
        noisy = logits - exponentials.log()
        point = (noisy / harness.TEMPERATURE).softmax(dim=-1)
        log_q = logits.log_softmax(dim=-1)
        # To the uniform law, but for a constant.
        divergence = (log_q.exp() * log_q).sum(dim=(1, 2))
        return (divergence - log_bernoulli(self.decoder(point.flatten(1)), images)).mean()

    def step(self, images):
        shape = len(images), harness.VARIABLES, harness.STATES
        loss = self.objective(images, torch.empty(shape).exponential_())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()


def time_both(case, network):
    """Times the step as it is, then compiled."""
    time_step(case, network())
    try:
        time_step(f"{case}_compiled", network(compiled=True))
    except Exception as error:  # The compiler's own types of error differ between versions.
        print(f"torch cannot compile the step here: {error}", file=sys.stderr)


def time_step(case, network):
    images = torch.bernoulli(torch.full((harness.EXAMPLES, harness.PIXELS), harness.DENSITY))
    batches = images.split(network.batch)
    visited = 0

    def step():
        nonlocal visited
        network.step(batches[visited % len(batches)])
        visited += 1

    harness.report("torch", case, harness.measure(step, calls=200))


def relaxed(case, hard):
    shape = harness.RELAXED_ROWS, harness.CLASSES
    logits, cotangent = torch.randn(shape, requires_grad=True), torch.randn(shape)

    def call():
        logits.grad = None
        functional.gumbel_softmax(logits, tau=harness.TEMPERATURE, hard=hard).backward(cotangent)

    harness.report("torch", case, harness.measure(call), logits.numel())


def gumbel_softmax():
    relaxed("gumbel_softmax", hard=False)


def gumbel_softmax_st():
    relaxed("gumbel_softmax_st", hard=True)


def neural_sort(size, rows):
    """NeuralSort's matrix as published, times a payload of one column."""
    scores, payload = torch.randn(rows, size, requires_grad=True), torch.randn(rows, size, 1)
    factors = torch.arange(size - 1.0, -size, -2)[:, None]

    def call():
        scores.grad = None
        spread = (scores[:, :, None] - scores[:, None, :]).abs().sum(dim=1, keepdim=True)
        matrix = torch.softmax(factors * scores[:, None, :] - spread, dim=-1)
        (matrix @ payload).sum().backward()

    harness.report("torch", f"neural_sort_{size}", harness.measure(call, repetitions=3))


def sinkhorn_100():
    """Twenty iterations in logarithms, rows last, on a hundred matrices of 100 x 100."""
    scores = torch.randn(100, 100, 100, requires_grad=True)
    cotangent = torch.randn(100, 100, 100)

    def call():
        scores.grad = None
        plan = torch.log_softmax(scores, dim=-1)
        for _ in range(19):
            plan = torch.log_softmax(torch.log_softmax(plan, dim=-2), dim=-1)
        (plan.exp() * cotangent).sum().backward()

    harness.report("torch", "sinkhorn_100", harness.measure(call, repetitions=3))


def pl_sample():
    scores = torch.randn(harness.ORDERS, harness.ITEMS)

    def draw():
        noisy = scores - torch.empty_like(scores).exponential_().log_()
        return noisy.argsort(dim=1, descending=True)

    harness.report("torch", "pl_sample", harness.measure(draw), scores.numel())


def pl_log_prob():
    scores = torch.randn(harness.ORDERS, harness.ITEMS, requires_grad=True)
    orders = torch.rand(harness.ORDERS, harness.ITEMS).argsort(dim=1)

    def call():
        scores.grad = None
        ordered = scores.gather(1, orders)
        remaining = ordered.flip(1).logcumsumexp(1).flip(1)
        (ordered - remaining).sum().backward()

    harness.report("torch", "pl_log_prob", harness.measure(call), scores.numel())


class PairedBeliefNetwork(BeliefNetwork):
    """The belief network without its baseline, trained on antithetic pairs."""

    batch = harness.PAIR_BATCH

    def __init__(self, compiled=False):
        super().__init__()
        self.optimizer = torch.optim.Adam(
            [*self.encoder, *self.decoder, self.prior], lr=harness.PAIR_RATE, fused=True
        )
        self.objective = torch.compile(self.pair_loss) if compiled else self.pair_loss

    def pair_loss(self, images, uniform):
        logits = torch.addmm(self.encoder[1], images, self.encoder[0])
        fixed = logits.detach()
        mean = fixed.sigmoid()

        def bound(latents):
            decoded = torch.addmm(self.decoder[1], latents, self.decoder[0])
            log_prior = log_bernoulli(self.prior.expand_as(latents), latents)
            return log_bernoulli(decoded, images) + log_prior - log_bernoulli(fixed, latents)

        first, second = (uniform < mean).float(), (1 - uniform < mean).float()
        one, other = bound(first), bound(second)
        half = (one - other).detach()[:, None] / 2
        slopes = half * (first - second) * fixed.abs().sigmoid()
        return -((slopes * logits).sum(dim=1) + (one + other) / 2).mean()

    def step(self, images):
        loss = self.objective(images, torch.rand(len(images), harness.LATENTS))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()


class SequenceGenerator(torch.nn.Module):
    """An embedding, an LSTM and a softmax."""

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(harness.TOKENS, harness.UNITS)
        self.cell = torch.nn.LSTMCell(harness.UNITS, harness.UNITS)
        self.output = torch.nn.Linear(harness.UNITS, harness.TOKENS)
        # All steps in one call, for known tokens.
        self.lstm = torch.nn.LSTM(harness.UNITS, harness.UNITS, batch_first=True)

    @torch.no_grad()
    def complete(self, token, state, steps, choose):
        drawn = []
        for _ in range(steps):
            state = self.cell(self.embedding(token), state)
            token = choose(self.output(state[0]).softmax(dim=-1))
            drawn.append(token)
        return torch.stack(drawn, dim=1)

    def sample(self, rows, choose):
        state = (torch.zeros(rows, harness.UNITS),) * 2
        return self.complete(torch.zeros(rows, dtype=torch.long), state, harness.STEPS, choose)


def multinomial(weights):
    return torch.multinomial(weights, 1).squeeze(1)


def inverted(weights):
    """By hand; many times faster than multinomial, which draws an exponential for every class."""
    sums = weights.cumsum(dim=1)
    return torch.searchsorted(sums, torch.rand(len(sums), 1) * sums[:, -1:]).squeeze(1)


def sequence_sample():
    """With the library's sampler, then with one made by hand."""
    law = SequenceGenerator()
    for case, choose in ("sequence_sample", multinomial), ("sequence_sample_inverted", inverted):
        milliseconds = harness.measure(lambda: law.sample(harness.SEQUENCES, choose), repetitions=3)
        harness.report("torch", case, milliseconds, harness.SEQUENCES * harness.STEPS)


def sequence_roll_outs():
    """Completions of every prefix of a batch, with either sampler."""
    for case, choose in ("sequence_roll_outs", multinomial), ("sequence_roll_outs_inverted", inverted):
        time_roll_outs(case, choose)


def time_roll_outs(case, choose):
    law = SequenceGenerator()
    sample = law.sample(harness.SEQUENCES, choose)

    @torch.no_grad()
    def call():
        state = (torch.zeros(harness.SEQUENCES, harness.UNITS),) * 2
        seen = torch.zeros(harness.SEQUENCES, dtype=torch.long)
        for given in range(1, harness.STEPS):
            state = law.cell(law.embedding(seen), state)
            seen = sample[:, given - 1]
            copies = tuple(part.repeat(harness.ROLL_OUTS, 1) for part in state)
            law.complete(seen.repeat(harness.ROLL_OUTS), copies, harness.STEPS - given, choose)

    tokens = harness.SEQUENCES * harness.ROLL_OUTS * harness.STEPS * (harness.STEPS - 1) // 2
    harness.report("torch", case, harness.measure(call, repetitions=1, warm_up=0), tokens)


def sequence_generator_step():
    """One step of the policy gradient for given rewards."""
    law = SequenceGenerator()
    sample = law.sample(harness.SEQUENCES, inverted)
    rewards = torch.full(sample.shape, 0.5)
    parameters = [*law.embedding.parameters(), *law.lstm.parameters(), *law.output.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.01, fused=True)
    before = torch.cat([torch.zeros_like(sample[:, :1]), sample[:, :-1]], dim=1)

    def step():
        logits = law.output(law.lstm(law.embedding(before))[0])
        scores = functional.cross_entropy(logits.flatten(0, 1), sample.flatten(), reduction="none")
        loss = (scores * rewards.flatten()).sum() / len(sample)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 5)
        optimizer.step()

    harness.report("torch", "sequence_generator_step", harness.measure(step, calls=10))


class SequenceDiscriminator(torch.nn.Module):
    def __init__(self):
        super().__init__()
        width = sum(harness.FILTERS.values())
        self.embedding = torch.nn.Embedding(harness.TOKENS, 64)
        self.filters = torch.nn.ModuleList(
            torch.nn.Conv1d(64, count, size) for size, count in harness.FILTERS.items()
        )
        self.map, self.gate = torch.nn.Linear(width, width), torch.nn.Linear(width, width)
        self.output = torch.nn.Linear(width, 1)

    def forward(self, tokens):
        rows = self.embedding(tokens).transpose(1, 2)
        x = torch.cat([filter(rows).amax(dim=2).relu() for filter in self.filters], dim=1)
        gate = self.gate(x).sigmoid()
        x = gate * self.map(x).relu() + (1 - gate) * x
        return self.output(functional.dropout(x, 0.25)).squeeze(1)


def sequence_discriminator_step():
    judge = SequenceDiscriminator()
    optimizer = torch.optim.Adam(judge.parameters(), lr=1e-4, fused=True)
    tokens = torch.randint(harness.TOKENS, (2 * harness.SEQUENCES, harness.STEPS))
    real = torch.cat([torch.ones(harness.SEQUENCES), torch.zeros(harness.SEQUENCES)])

    def step():
        loss = functional.binary_cross_entropy_with_logits(judge(tokens), real)
        loss = loss + 0.1 * judge.output.weight.square().sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    harness.report("torch", "sequence_discriminator_step", harness.measure(step))


CASES = {
    "gumbel": gumbel,
    "bernoulli": bernoulli,
    "categorical": categorical,
    "gumbel_softmax": gumbel_softmax,
    "gumbel_softmax_st": gumbel_softmax_st,
    "neural_sort_100": lambda: neural_sort(100, 100),
    "neural_sort_1000": lambda: neural_sort(1000, 1),
    "neural_sort_5000": lambda: neural_sort(5000, 1),
    "sinkhorn_100": sinkhorn_100,
    "pl_sample": pl_sample,
    "pl_log_prob": pl_log_prob,
    "nvil_step": lambda: time_both("nvil_step", BeliefNetwork),
    "nvil_deep_step": lambda: time_both("nvil_deep_step", DeepBeliefNetwork),
    "vae_step": lambda: time_both("vae_step", Autoencoder),
    "disarm_step": lambda: time_both("disarm_step", PairedBeliefNetwork),
    "sequence_sample": sequence_sample,
    "sequence_roll_outs": sequence_roll_outs,
    "sequence_generator_step": sequence_generator_step,
    "sequence_discriminator_step": sequence_discriminator_step,
}

if __name__ == "__main__":
    torch.manual_seed(0)
    harness.run(CASES)
