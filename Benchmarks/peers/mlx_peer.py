"""The benchmark's cases in MLX on the CPU."""

import mlx.core as mx
from mlx.optimizers import Adam

import harness

mx.set_default_device(mx.cpu)


def gumbel():
    milliseconds = harness.measure(lambda: mx.random.gumbel((harness.VARIATES,)), wait=mx.eval)
    harness.report("mlx", "gumbel", milliseconds, harness.VARIATES)


def bernoulli():
    draw = lambda: mx.random.bernoulli(0.3, (harness.VARIATES,))
    harness.report("mlx", "bernoulli", harness.measure(draw, wait=mx.eval), harness.VARIATES)


def categorical():
    logits = mx.random.normal((harness.ROWS, harness.CLASSES))
    mx.eval(logits)
    milliseconds = harness.measure(lambda: mx.random.categorical(logits), wait=mx.eval)
    harness.report("mlx", "categorical", milliseconds, logits.size)


def relaxed(case, hard):
    shape = harness.RELAXED_ROWS, harness.CLASSES
    logits, cotangent = mx.random.normal(shape), mx.random.normal(shape)
    mx.eval(logits, cotangent)

    def objective(logits):
        noisy = logits + mx.random.gumbel(shape)
        point = mx.softmax(noisy / harness.TEMPERATURE, axis=-1)
        if hard:
            largest = mx.argmax(noisy, axis=-1, keepdims=True)
            vertex = (mx.arange(harness.CLASSES) == largest).astype(mx.float32)
            point = point + mx.stop_gradient(vertex - point)
        return mx.sum(point * cotangent)

    call = mx.value_and_grad(objective)
    milliseconds = harness.measure(lambda: call(logits), wait=mx.eval)
    harness.report("mlx", case, milliseconds, logits.size)


def gumbel_softmax():
    relaxed("gumbel_softmax", hard=False)


def gumbel_softmax_st():
    relaxed("gumbel_softmax_st", hard=True)


def log_bernoulli(logits, bits):
    return mx.sum(bits * logits - mx.logaddexp(logits, 0.0), axis=-1)


def belief_network(pixels=harness.PIXELS):
    """Initial parameters of a sigmoid belief network and of its baseline."""

    def dense(inputs, outputs):
        return {
            "weight": mx.random.normal((inputs, outputs)) / inputs**0.5,
            "bias": mx.zeros(outputs),
        }

    return {
        "encoder": dense(pixels, harness.LATENTS),
        "decoder": dense(harness.LATENTS, pixels),
        "prior": mx.zeros(harness.LATENTS),
        "baseline": [dense(pixels, harness.BASELINE_UNITS), dense(harness.BASELINE_UNITS, 1)],
    }


def apply(layer, inputs):
    return mx.addmm(layer["bias"], inputs, layer["weight"])


def loss(parameters, images, center):
    logits = apply(parameters["encoder"], images)
    latents = mx.random.bernoulli(mx.stop_gradient(mx.sigmoid(logits))).astype(mx.float32)
    log_posterior = log_bernoulli(logits, latents)
    log_joint = log_bernoulli(apply(parameters["decoder"], latents), images)
    log_joint = log_joint + log_bernoulli(parameters["prior"], latents)
    bound = mx.stop_gradient(log_joint - log_posterior)
    first, second = parameters["baseline"]
    signal = bound - apply(second, mx.tanh(apply(first, images)))[:, 0] - center
    # The posterior's own term in the bound makes the weight of its score one less.
    surrogate = log_joint + (mx.stop_gradient(signal) - 1) * log_posterior
    return mx.mean(signal * signal) - mx.mean(surrogate), mx.mean(bound)


def time_steps(case, batch, rate, parameters, loss, state):
    """Times steps of Adam on a loss of parameters, images and a state; it returns the next state too."""
    images = mx.random.bernoulli(harness.DENSITY, (harness.EXAMPLES, harness.PIXELS))
    images, optimizer = images.astype(mx.float32), Adam(rate)
    mx.eval(images, parameters)
    gradient = mx.value_and_grad(loss)
    visited = 0

    def step():
        nonlocal parameters, state, visited
        begin = visited % (harness.EXAMPLES // batch) * batch
        visited += 1
        (_, state), change = gradient(parameters, images[begin : begin + batch], state)
        parameters = optimizer.apply_gradients(change, parameters)
        mx.eval(parameters, optimizer.state, state)

    harness.report("mlx", case, harness.measure(step, calls=20))


def averaged(center, bound):
    return harness.DECAY * center + (1 - harness.DECAY) * bound


def nvil_step():
    def objective(parameters, images, center):
        value, bound = loss(parameters, images, center)
        return value, averaged(center, bound)

    rate = harness.LEARNING_RATE
    time_steps("nvil_step", harness.BATCH, rate, belief_network(), objective, mx.array(0.0))


def pair_loss(parameters, images, state):
    logits = apply(parameters["encoder"], images)
    fixed = mx.stop_gradient(logits)
    uniform, mean = mx.random.uniform(shape=fixed.shape), mx.sigmoid(fixed)

    def bound(latents):
        log_joint = log_bernoulli(apply(parameters["decoder"], latents), images)
        log_joint = log_joint + log_bernoulli(parameters["prior"], latents)
        return log_joint - log_bernoulli(fixed, latents)

    first = (uniform < mean).astype(mx.float32)
    second = (1 - uniform < mean).astype(mx.float32)
    one, other = bound(first), bound(second)
    half = mx.stop_gradient(one - other)[:, None] / 2
    slopes = half * (first - second) * mx.sigmoid(mx.abs(fixed))
    return -mx.mean(mx.sum(slopes * logits, axis=1) + (one + other) / 2), state


def disarm_step():
    """The belief network without its baseline, trained on antithetic pairs."""
    parameters = belief_network()
    del parameters["baseline"]
    rate, batch = harness.PAIR_RATE, harness.PAIR_BATCH
    time_steps("disarm_step", batch, rate, parameters, pair_loss, mx.array(0.0))


def perceptron(*sizes):
    """Initial parameters of linear maps with tanh between."""
    return [
        {"weight": mx.random.normal(link) / link[0] ** 0.5, "bias": mx.zeros(link[1])}
        for link in zip(sizes, sizes[1:])
    ]


def follow(layers, inputs):
    for layer in layers[:-1]:
        inputs = mx.tanh(apply(layer, inputs))
    return apply(layers[-1], inputs)


def deep_loss(parameters, images, centers):
    below, scores, terms, predicted = images, [], [], []
    for layer, encode in enumerate(parameters["encoder"]):
        logits = apply(encode, below)
        above = mx.random.bernoulli(mx.stop_gradient(mx.sigmoid(logits))).astype(mx.float32)
        scores.append(log_bernoulli(logits, above))
        terms.append(log_bernoulli(apply(parameters["decoder"][layer], above), below))
        predicted.append(follow(parameters["baselines"][layer], below)[:, 0])
        below = above
    terms[-1] = terms[-1] + log_bernoulli(parameters["prior"], below)
    scores, terms = mx.stack(scores), mx.stack(terms)
    # A layer's signal holds its own terms and those above.
    bounds = mx.stop_gradient(mx.cumsum(terms - scores, axis=0, reverse=True))
    signals = bounds - mx.stack(predicted) - centers
    surrogate = terms + (mx.stop_gradient(signals) - 1) * scores
    value = mx.sum(mx.mean(signals * signals, axis=1)) - mx.mean(mx.sum(surrogate, axis=0))
    return value, averaged(centers, mx.mean(bounds, axis=1, keepdims=True))


def nvil_deep_step():
    """Three stochastic layers, each with NVIL's local learning signal and a baseline of its own."""
    sizes = [harness.PIXELS] + 3 * [harness.LATENTS]
    parameters = {
        "encoder": perceptron(*sizes),
        "decoder": perceptron(*reversed(sizes))[::-1],
        "baselines": [perceptron(size, harness.BASELINE_UNITS, 1) for size in sizes[:-1]],
        "prior": mx.zeros(sizes[-1]),
    }
    rate = harness.LEARNING_RATE
    time_steps("nvil_deep_step", harness.BATCH, rate, parameters, deep_loss, mx.zeros((3, 1)))


def autoencoder_loss(parameters, images, state):
    logits = follow(parameters["encoder"], images)
    logits = logits.reshape(-1, harness.VARIABLES, harness.STATES)
    noisy = logits + mx.random.gumbel(logits.shape)
    point = mx.softmax(noisy / harness.TEMPERATURE, axis=-1)
    log_q = logits - mx.logsumexp(logits, axis=-1, keepdims=True)
    # To the uniform law, but for a constant.
    divergence = mx.sum(mx.exp(log_q) * log_q, axis=(1, 2))
    decoded = follow(parameters["decoder"], point.reshape(len(images), -1))
    return mx.mean(divergence - log_bernoulli(decoded, images)), state


def vae_step():
    """Categorical latents trained by Gumbel-Softmax, the divergence in closed form."""
    sizes = [harness.PIXELS, *harness.HIDDEN, harness.VARIABLES * harness.STATES]
    parameters = {"encoder": perceptron(*sizes), "decoder": perceptron(*reversed(sizes))}
    rate = harness.LEARNING_RATE
    time_steps("vae_step", harness.BATCH, rate, parameters, autoencoder_loss, mx.array(0.0))


CASES = {
    "gumbel": gumbel,
    "bernoulli": bernoulli,
    "categorical": categorical,
    "gumbel_softmax": gumbel_softmax,
    "gumbel_softmax_st": gumbel_softmax_st,
    "nvil_step": nvil_step,
    "nvil_deep_step": nvil_deep_step,
    "vae_step": vae_step,
    "disarm_step": disarm_step,
}

if __name__ == "__main__":
    mx.random.seed(0)
    harness.run(CASES)
