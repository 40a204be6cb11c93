"""Moving a KV cache instead of computing it: offload to the host, and prefill to decode."""

from __future__ import annotations

from benchpost.roofline import catalog, heads
from benchpost.roofline import serving_equations as closed
from benchpost.roofline.batching import COMPUTE_SHARE
from benchpost.roofline.predict import prefill, setting_of
from benchpost.roofline.sizes import at_least

PCIE = {"3": 15.75e9, "4": 31.5e9, "5": 63.0e9, "6": 121.0e9}
"""byte/second, one way, of 16 lanes of PCIe by generation; PCI-SIG, 128b/130b or FLIT coding."""


def transfer_time(*, model: str, context: int, link: float, kv: str = "bf16") -> float:
    """Seconds to move the KV cache of `context` tokens over `link` byte/second."""
    at_least(1, context=context, link=link)
    per_token = catalog.model(model).kv_bytes_per_token(kv)
    return closed.kv_transfer_time(context=context, kv_bytes_per_token=per_token, link=link)


def compute_time(*, gpu: str, model: str, context: int, dtype: str = "bf16", tp: int = 1) -> float:
    """Seconds that an engine typically takes to compute it: a prefill of its own."""
    made = prefill(gpu=gpu, model=model, prompt=context, dtype=dtype, engine="vllm", tp=tp)
    return float(made.value)


def load_gain(
    *, gpu: str, model: str, context: int, link: float, dtype: str = "bf16", kv: str = "bf16"
) -> float:
    """How many times faster loading is than computing."""
    loading = transfer_time(model=model, context=context, link=link, kv=kv)
    return compute_time(gpu=gpu, model=model, context=context, dtype=dtype) / loading


def break_even_link(*, gpu: str, model: str, dtype: str = "bf16", kv: str = "bf16") -> float:
    """byte/second above which loading a token's keys and values is faster than computing them.

    Attention, which grows with the context, and the floor of one weight read, which short prompts
    pay, are left out: both make computing slower still.
    """
    setting = setting_of(gpu, model, "vllm", dtype, kv, 1)
    return closed.break_even_link(
        kv_bytes_per_token=setting.model.kv_bytes_per_token(kv),
        token_flops=setting.work.token_flops,
        compute_share=COMPUTE_SHARE,
        peak=setting.chip.compute_peak(dtype).value,
    )


def kv_copies(*, model: str, tp: int) -> float:
    """Copies of each key-value head when `tp` GPUs share the model; a latent is on each."""
    return float(heads.kv_copies(catalog.model(model), tp))
