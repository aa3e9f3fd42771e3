"""The smallest training run of the belief network in JAX: its start and its memory."""

import itertools

import jax
from jax import numpy as jnp

import harness
import jax_peer


def make_step(pixels):
    state, visited = jax_peer.initial_state(pixels), itertools.count()

    @jax.jit
    def binarize_and_update(state, images, index):
        pixel_key, latent_key = jax.random.split(jax.random.fold_in(jax_peer.KEY, index))
        bits = jax.random.bernoulli(pixel_key, images / 255).astype(jnp.float32)
        return jax_peer.update(state, bits, latent_key)

    def step(images):
        nonlocal state
        state = jax.block_until_ready(binarize_and_update(state, images, next(visited)))

    return step


if __name__ == "__main__":
    harness.train("jax", make_step)
