"""The benchmark's cases in JAX, compiled throughout."""

import functools
import itertools

import jax
import optax
from jax import numpy as jnp

import harness

KEY = jax.random.key(0)
LOOP = 200


def measured(call, **options):
    return harness.measure(call, wait=jax.block_until_ready, **options)


def gumbel():
    draw = jax.jit(functools.partial(jax.random.gumbel, shape=(harness.VARIATES,)))
    harness.report("jax", "gumbel", measured(lambda: draw(KEY)), harness.VARIATES)


def bernoulli():
    draw = jax.jit(functools.partial(jax.random.bernoulli, p=0.3, shape=(harness.VARIATES,)))
    harness.report("jax", "bernoulli", measured(lambda: draw(KEY)), harness.VARIATES)


def categorical():
    logits = jax.random.normal(KEY, (harness.ROWS, harness.CLASSES))
    draw = jax.jit(jax.random.categorical)
    harness.report("jax", "categorical", measured(lambda: draw(KEY, logits)), logits.size)


def relaxed(case, hard):
    shape = harness.RELAXED_ROWS, harness.CLASSES
    logits, cotangent = jax.random.normal(KEY, (2, *shape))

    def objective(logits, key):
        noisy = logits + jax.random.gumbel(key, shape)
        point = jax.nn.softmax(noisy / harness.TEMPERATURE)
        if hard:
            vertex = jax.nn.one_hot(noisy.argmax(axis=-1), harness.CLASSES)
            point += jax.lax.stop_gradient(vertex - point)
        return jnp.vdot(point, cotangent)

    call = jax.jit(jax.value_and_grad(objective))
    harness.report("jax", case, measured(lambda: call(logits, KEY)), logits.size)


def gumbel_softmax():
    relaxed("gumbel_softmax", hard=False)


def gumbel_softmax_st():
    relaxed("gumbel_softmax_st", hard=True)


def log_bernoulli(logits, bits):
    return jnp.sum(bits * logits - jax.nn.softplus(logits), axis=-1)


def belief_network(pixels=harness.PIXELS):
    """Initial parameters of a sigmoid belief network and of its baseline."""
    keys = iter(jax.random.split(KEY, 4))

    def dense(inputs, outputs):
        weight = jax.random.normal(next(keys), (inputs, outputs)) / inputs**0.5
        return {"weight": weight, "bias": jnp.zeros(outputs)}

    return {
        "encoder": dense(pixels, harness.LATENTS),
        "decoder": dense(harness.LATENTS, pixels),
        "prior": jnp.zeros(harness.LATENTS),
        "baseline": [dense(pixels, harness.BASELINE_UNITS), dense(harness.BASELINE_UNITS, 1)],
    }


def apply(layer, inputs):
    return inputs @ layer["weight"] + layer["bias"]


def loss(parameters, images, key, center):
    logits = apply(parameters["encoder"], images)
    latents = jax.random.bernoulli(key, jax.nn.sigmoid(logits)).astype(jnp.float32)
    log_posterior = log_bernoulli(logits, latents)
    log_joint = log_bernoulli(apply(parameters["decoder"], latents), images)
    log_joint += log_bernoulli(parameters["prior"], latents)
    bound = jax.lax.stop_gradient(log_joint - log_posterior)
    first, second = parameters["baseline"]
    signal = bound - apply(second, jnp.tanh(apply(first, images)))[:, 0] - center
    # The posterior's own term in the bound makes the weight of its score one less.
    surrogate = log_joint + (jax.lax.stop_gradient(signal) - 1) * log_posterior
    return jnp.mean(signal**2) - jnp.mean(surrogate), jnp.mean(bound)


OPTIMIZER = optax.adam(harness.LEARNING_RATE)


def initial_state(pixels=harness.PIXELS):
    parameters = belief_network(pixels)
    return parameters, OPTIMIZER.init(parameters), jnp.zeros(())


def update(state, images, key):
    parameters, moments, center = state
    gradient, bound = jax.grad(loss, has_aux=True)(parameters, images, key, center)
    change, moments = OPTIMIZER.update(gradient, moments, parameters)
    center = harness.DECAY * center + (1 - harness.DECAY) * bound
    return optax.apply_updates(parameters, change), moments, center


def time_steps(case, batch, update, state):
    """Times one compiled step per call, then a compiled loop of steps."""
    images = jax.random.bernoulli(KEY, harness.DENSITY, (harness.EXAMPLES, harness.PIXELS))
    images = images.astype(jnp.float32)

    def visit(state, index):
        begin = index % (harness.EXAMPLES // batch) * batch
        rows = jax.lax.dynamic_slice_in_dim(images, begin, batch)
        return update(state, rows, jax.random.fold_in(KEY, index))

    def timed(run, calls):
        current = jax.tree.map(jnp.copy, state)

        def call():
            nonlocal current
            current = run(current)
            return current

        return measured(call, calls=calls)

    step, visited = jax.jit(visit, donate_argnums=0), itertools.count()
    harness.report("jax", case, timed(lambda state: step(state, next(visited)), LOOP))

    def scan(state):
        return jax.lax.scan(lambda s, i: (visit(s, i), None), state, jnp.arange(LOOP))[0]

    many = jax.jit(scan, donate_argnums=0)
    harness.report("jax", f"{case}_compiled_loop", timed(many, 1) / LOOP)


def nvil_step():
    time_steps("nvil_step", harness.BATCH, update, initial_state())


def descent(loss, rate=harness.LEARNING_RATE):
    """A step of Adam for a loss of parameters, images and a key; and the state that belongs to parameters."""
    optimizer = optax.adam(rate)

    def update(state, images, key):
        parameters, moments = state
        gradient = jax.grad(loss)(parameters, images, key)
        change, moments = optimizer.update(gradient, moments, parameters)
        return optax.apply_updates(parameters, change), moments

    return update, lambda parameters: (parameters, optimizer.init(parameters))


def perceptron(key, *sizes):
    """Initial parameters of linear maps with tanh between."""
    links = list(zip(sizes, sizes[1:]))
    return [
        {"weight": jax.random.normal(k, link) / link[0] ** 0.5, "bias": jnp.zeros(link[1])}
        for k, link in zip(jax.random.split(key, len(links)), links)
    ]


def follow(layers, inputs):
    for layer in layers[:-1]:
        inputs = jnp.tanh(apply(layer, inputs))
    return apply(layers[-1], inputs)


def deep_loss(parameters, images, key, centers):
    below, scores, terms, predicted = images, [], [], []
    for layer, encode in enumerate(parameters["encoder"]):
        logits = apply(encode, below)
        draw = jax.random.bernoulli(jax.random.fold_in(key, layer), jax.nn.sigmoid(logits))
        above = draw.astype(jnp.float32)
        scores.append(log_bernoulli(logits, above))
        terms.append(log_bernoulli(apply(parameters["decoder"][layer], above), below))
        predicted.append(follow(parameters["baselines"][layer], below)[:, 0])
        below = above
    terms[-1] += log_bernoulli(parameters["prior"], below)
    scores, terms = jnp.stack(scores), jnp.stack(terms)
    # A layer's signal holds its own terms and those above.
    bounds = jax.lax.stop_gradient(jnp.cumsum((terms - scores)[::-1], axis=0)[::-1])
    signals = bounds - jnp.stack(predicted) - centers
    surrogate = terms + (jax.lax.stop_gradient(signals) - 1) * scores
    loss = jnp.sum(jnp.mean(signals**2, axis=1)) - jnp.mean(jnp.sum(surrogate, axis=0))
    return loss, jnp.mean(bounds, axis=1, keepdims=True)


def nvil_deep_step():
    """Three stochastic layers, each with NVIL's local learning signal and a baseline of its own."""
    sizes = [harness.PIXELS] + 3 * [harness.LATENTS]
    keys = [jax.random.fold_in(KEY, place) for place in range(3)]
    parameters = {
        "encoder": perceptron(keys[0], *sizes),
        "decoder": perceptron(keys[1], *reversed(sizes))[::-1],
        "baselines": [perceptron(keys[2], size, harness.BASELINE_UNITS, 1) for size in sizes[:-1]],
        "prior": jnp.zeros(sizes[-1]),
    }

    def update(state, images, key):
        parameters, moments, centers = state
        gradient, bounds = jax.grad(deep_loss, has_aux=True)(parameters, images, key, centers)
        change, moments = OPTIMIZER.update(gradient, moments, parameters)
        centers = harness.DECAY * centers + (1 - harness.DECAY) * bounds
        return optax.apply_updates(parameters, change), moments, centers

    state = parameters, OPTIMIZER.init(parameters), jnp.zeros((3, 1))
    time_steps("nvil_deep_step", harness.BATCH, update, state)


def autoencoder_loss(parameters, images, key):
    logits = follow(parameters["encoder"], images)
    logits = logits.reshape(-1, harness.VARIABLES, harness.STATES)
    noisy = logits + jax.random.gumbel(key, logits.shape)
    point = jax.nn.softmax(noisy / harness.TEMPERATURE)
    log_q = jax.nn.log_softmax(logits)
    # To the uniform law, but for a constant.
    divergence = jnp.sum(jnp.exp(log_q) * log_q, axis=(1, 2))
    decoded = follow(parameters["decoder"], point.reshape(len(images), -1))
    return jnp.mean(divergence - log_bernoulli(decoded, images))


def vae_step():
    """Categorical latents trained by Gumbel-Softmax, the divergence in closed form."""
    sizes = [harness.PIXELS, *harness.HIDDEN, harness.VARIABLES * harness.STATES]
    parameters = {
        "encoder": perceptron(jax.random.fold_in(KEY, 0), *sizes),
        "decoder": perceptron(jax.random.fold_in(KEY, 1), *reversed(sizes)),
    }
    update, state = descent(autoencoder_loss)
    time_steps("vae_step", harness.BATCH, update, state(parameters))


def neural_sort(size, rows):
    """NeuralSort's matrix as published, times a payload of one column."""
    scores = jax.random.normal(KEY, (rows, size))
    payload = jax.random.normal(jax.random.fold_in(KEY, 1), (rows, size, 1))
    factors = jnp.arange(size - 1.0, -size, -2)[:, None]

    def objective(scores):
        spread = jnp.abs(scores[:, :, None] - scores[:, None, :]).sum(axis=1, keepdims=True)
        matrix = jax.nn.softmax(factors * scores[:, None, :] - spread, axis=-1)
        return (matrix @ payload).sum()

    call = jax.jit(jax.grad(objective))
    harness.report("jax", f"neural_sort_{size}", measured(lambda: call(scores), repetitions=3))


def pair_loss(parameters, images, key):
    logits = apply(parameters["encoder"], images)
    fixed = jax.lax.stop_gradient(logits)
    uniform, mean = jax.random.uniform(key, fixed.shape), jax.nn.sigmoid(fixed)

    def bound(latents):
        log_joint = log_bernoulli(apply(parameters["decoder"], latents), images)
        return log_joint + log_bernoulli(parameters["prior"], latents) - log_bernoulli(fixed, latents)

    first = (uniform < mean).astype(jnp.float32)
    second = (1 - uniform < mean).astype(jnp.float32)
    one, other = bound(first), bound(second)
    half = jax.lax.stop_gradient(one - other)[:, None] / 2
    slopes = half * (first - second) * jax.nn.sigmoid(jnp.abs(fixed))
    return -jnp.mean(jnp.sum(slopes * logits, axis=1) + (one + other) / 2)


def disarm_step():
    """The belief network without its baseline, trained on antithetic pairs."""
    parameters = belief_network()
    del parameters["baseline"]
    update, state = descent(pair_loss, harness.PAIR_RATE)
    time_steps("disarm_step", harness.PAIR_BATCH, update, state(parameters))


CASES = {
    "gumbel": gumbel,
    "bernoulli": bernoulli,
    "categorical": categorical,
    "gumbel_softmax": gumbel_softmax,
    "gumbel_softmax_st": gumbel_softmax_st,
    "neural_sort_100": lambda: neural_sort(100, 100),
    "neural_sort_1000": lambda: neural_sort(1000, 1),
    "neural_sort_5000": lambda: neural_sort(5000, 1),
    "nvil_step": nvil_step,
    "nvil_deep_step": nvil_deep_step,
    "vae_step": vae_step,
    "disarm_step": disarm_step,
}

if __name__ == "__main__":
    harness.run(CASES)
