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


def nvil_step():
    """Times one compiled step per call, then a compiled loop of steps."""
    images = jax.random.bernoulli(KEY, harness.DENSITY, (harness.EXAMPLES, harness.PIXELS))
    images = images.astype(jnp.float32)

    def visit(state, index):
        begin = index % harness.BATCHES * harness.BATCH
        batch = jax.lax.dynamic_slice_in_dim(images, begin, harness.BATCH)
        return update(state, batch, jax.random.fold_in(KEY, index))

    step = jax.jit(visit, donate_argnums=0)
    state, visited = initial_state(), itertools.count()

    def single():
        nonlocal state
        state = step(state, next(visited))
        return state

    harness.report("jax", "nvil_step", measured(single, calls=LOOP))

    many = jax.jit(
        lambda state: jax.lax.fori_loop(0, LOOP, lambda i, s: visit(s, i), state), donate_argnums=0
    )
    state = initial_state()

    def loop():
        nonlocal state
        state = many(state)
        return state

    harness.report("jax", "nvil_step_compiled_loop", measured(loop) / LOOP)


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
    """The belief network without its baseline, trained on antithetic pairs, one compiled step per call."""
    images = jax.random.bernoulli(KEY, harness.DENSITY, (harness.EXAMPLES, harness.PIXELS))
    images = images.astype(jnp.float32)
    optimizer = optax.adam(harness.PAIR_RATE)
    parameters = belief_network()
    del parameters["baseline"]

    def visit(state, index):
        parameters, moments = state
        begin = index % (harness.EXAMPLES // harness.PAIR_BATCH) * harness.PAIR_BATCH
        batch = jax.lax.dynamic_slice_in_dim(images, begin, harness.PAIR_BATCH)
        gradient = jax.grad(pair_loss)(parameters, batch, jax.random.fold_in(KEY, index))
        change, moments = optimizer.update(gradient, moments, parameters)
        return optax.apply_updates(parameters, change), moments

    many = jax.jit(
        lambda state: jax.lax.fori_loop(0, LOOP, lambda i, s: visit(s, i), state), donate_argnums=0
    )
    state = parameters, optimizer.init(parameters)

    def loop():
        nonlocal state
        state = many(state)
        return state

    harness.report("jax", "disarm_step", measured(loop) / LOOP)


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
    "disarm_step": disarm_step,
}

if __name__ == "__main__":
    harness.run(CASES)
