"""Key-value heads among tensor-parallel GPUs: how many each holds, and how often each is held."""

from __future__ import annotations

from benchpost.errors import UsageError
from benchpost.roofline import layer_equations, serving_equations
from benchpost.roofline.models import Model
from benchpost.roofline.sizes import at_least


def kv_heads(of: Model) -> int:
    """Key-value heads that can be parted among GPUs; the latent of latent attention cannot."""
    return 1 if of.latent_rank else of.kv_heads


def kv_heads_on(of: Model, gpus: int) -> int:
    """Key-value heads that each of some tensor-parallel GPUs holds."""
    parted = layer_equations.kv_heads_per_gpu(kv_heads=kv_heads(of), tensor_parallel=gpus)
    return int(parted)


def kv_copies(of: Model, gpus: int) -> int:
    """How often each key-value head is held.

    Raises UsageError where heads neither part evenly nor are copied alike: no engine runs that.
    """
    at_least(1, tp=gpus)
    heads = kv_heads(of)
    if heads % gpus and gpus % heads:
        raise UsageError(
            f"tp={gpus} does not part the {heads} KV heads of {of.name}: it must divide them, or "
            "be a multiple of them"
        )
    return int(serving_equations.kv_replication(tensor_parallel=gpus, kv_heads=heads))
