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


def nvil_step():
    images = mx.random.bernoulli(harness.DENSITY, (harness.EXAMPLES, harness.PIXELS))
    images = images.astype(mx.float32)
    parameters, optimizer, center = belief_network(), Adam(harness.LEARNING_RATE), mx.array(0.0)
    mx.eval(images, parameters)
    gradient = mx.value_and_grad(loss)
    visited = 0

    def step():
        nonlocal parameters, center, visited
        begin = visited % harness.BATCHES * harness.BATCH
        visited += 1
        (_, bound), change = gradient(parameters, images[begin : begin + harness.BATCH], center)
        parameters = optimizer.apply_gradients(change, parameters)
        center = harness.DECAY * center + (1 - harness.DECAY) * bound
        mx.eval(parameters, optimizer.state, center)

    harness.report("mlx", "nvil_step", harness.measure(step, calls=20))


CASES = {
    "gumbel": gumbel,
    "bernoulli": bernoulli,
    "categorical": categorical,
    "gumbel_softmax": gumbel_softmax,
    "gumbel_softmax_st": gumbel_softmax_st,
    "nvil_step": nvil_step,
}

if __name__ == "__main__":
    mx.random.seed(0)
    harness.run(CASES)
