"""The encoder in JAX: its computation, its initial parameters, its loss.

A text of tokens t1..tn, each with a row e (384) and a key k (32), becomes

    c = unit(sum of e)                                   what the text is about, before weighing
    u = unit(sum of place(i) * 2 sigmoid(4 k . Q c) * e  + bias)
    v = unit(u + W2 gelu(W1 u + b1))

`gelu` is the tanh form. A matrix on u itself would add nothing: the rows can hold it.
"""

import jax
import jax.numpy as jnp
import numpy as np

DIMS, RANK, PLACES = 384, 32, 32
TEMPERATURE = 0.05


def start(rows, hidden, seed):
    """`rows` [tokens, 384]: MiniLM's vector of each token alone, weighted by how rare the token is."""
    rng = np.random.default_rng(seed)
    tokens = len(rows)
    draw = lambda *shape, scale: jnp.asarray(rng.normal(0, scale, shape), jnp.float32)
    return {
        "table": jnp.concatenate([jnp.asarray(rows, jnp.float32), draw(tokens, RANK, scale=0.02)], 1),
        "query": draw(RANK, DIMS, scale=DIMS**-0.5),
        "places": jnp.ones(PLACES),
        "bias": jnp.zeros(DIMS),
        "w1": draw(hidden, DIMS, scale=1.0),
        "b1": jnp.zeros(hidden),
        "w2": jnp.zeros((DIMS, hidden)),
    }


def unit(x):
    return x / jnp.sqrt((x * x).sum(-1, keepdims=True) + 1e-12)


def rounded(rows, step):
    """Rows rounded about as in the file, with the gradient of the exact rows, so that training adapts to the rounding."""
    size = step * jax.lax.stop_gradient(jnp.sqrt((rows * rows).sum(-1, keepdims=True) + 1e-12))
    return rows + jax.lax.stop_gradient(jnp.round(rows / size) * size - rows)


def encode(params, ids, mask, step=0.0):
    """ids, mask [texts, width] → unit vectors [texts, 384]. With a `step` (units of a row's norm), of rounded rows."""
    found = params["table"][ids] * mask[..., None]
    rows, keys = found[..., :DIMS], found[..., DIMS:]
    if step:
        rows = rounded(rows, step)
    about = unit(rows.sum(1)) @ params["query"].T
    gate = 2 * jax.nn.sigmoid(4 * jnp.einsum("blk,bk->bl", keys, about))
    place = params["places"][jnp.minimum(jnp.arange(ids.shape[1]), PLACES - 1)]
    bag = unit(jnp.einsum("bld,bl->bd", rows, gate * place * mask) + params["bias"])
    hidden = jax.nn.gelu(bag @ params["w1"].T + params["b1"])
    return unit(bag + hidden @ params["w2"].T)


def loss(params, groups, target, step=0.0):
    """Cosine to the teacher, plus the deviation of the batch's similarities from the teacher's (query by student, document by teacher)."""
    made = jnp.concatenate([encode(params, ids, mask, step) for ids, mask in groups])
    cosine = 1 - (made * target).sum(1).mean()
    return cosine + divergence(made @ target.T, target @ target.T), cosine


def divergence(made, target):
    apart = -1e9 * jnp.eye(len(made))
    target = target / TEMPERATURE + apart
    made = jax.nn.log_softmax(made / TEMPERATURE + apart, 1)
    return (jax.nn.softmax(target, 1) * (jax.nn.log_softmax(target, 1) - made)).sum(1).mean()


def adam(params, moments, grads, rate, step):
    """One Adam step, written out so that it compiles into the same loop as the gradient."""
    def update(p, m, v, g):
        m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g * g
        return p - rate * (m / (1 - 0.9**step)) / (jnp.sqrt(v / (1 - 0.99**step)) + 1e-8), m, v

    moved = {name: update(params[name], *moments[name], grads[name]) for name in params}
    return {n: p for n, (p, _, _) in moved.items()}, {n: (m, v) for n, (_, m, v) in moved.items()}
