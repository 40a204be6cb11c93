"""What `benchpost simulate` can simulate, and the options of each."""

from __future__ import annotations

from typing import Any

from benchpost.roofline.batching import DRAFT_COST
from benchpost.roofline.predict import BLOCK_TOKENS
from benchpost.serving.allocation import RESERVE
from benchpost.serving.graphs import LARGEST
from benchpost.serving.pairs import OPT_SLOTS, OUTPUT, PROMPT
from benchpost.serving.simulation import REQUESTS

Option = tuple[type, Any, str]
NEEDED = object()
"""The default of what must be said; None is the default of what need not be."""

SERVER: dict[str, Option] = {
    "gpu": (str, NEEDED, 'accelerator, e.g. "H100 SXM"'),
    "model": (str, NEEDED, "model, e.g. Llama-3.1-8B"),
    "prompt": (str, "512", "tokens in: a number or a distribution"),
    "output": (str, "geometric 256", "tokens out: a number or a distribution"),
    "concurrency": (int, None, "requests in the server at all times; or --rate"),
    "rate": (float, None, "requests that arrive a second, at random"),
    "requests": (int, REQUESTS, "requests served"),
    "policy": (str, "chunked", "static, dynamic, continuous, chunked; several with commas"),
    "max-num-seqs": (int, None, "requests that run at once; vLLM's default on the GPU"),
    "max-num-batched-tokens": (int, None, "tokens of a step; vLLM's default on the GPU"),
    "blocks": (int, None, "KV-cache blocks; what fits beside the weights"),
    "shared": (int, 0, "tokens that all prompts begin with"),
    "dtype": (str, "bf16", "format of the weights"),
    "kv": (str, "bf16", "format of the KV cache"),
    "tp": (int, 1, "GPUs that share the model"),
}
"""What a server and its requests take: type, default, help."""

KV: dict[str, Option] = {
    "prompt": (str, PROMPT, "tokens in: a number or a distribution"),
    "output": (str, OUTPUT, "tokens out: a number or a distribution"),
    "slots": (int, OPT_SLOTS, "tokens that fit into the KV cache"),
    "reserve": (int, RESERVE, "longest sequence, which is set aside in one piece"),
    "block": (int, BLOCK_TOKENS, "tokens of a block"),
    "requests": (int, REQUESTS, "requests served"),
}
PREFIX: dict[str, Option] = {
    "system": (int, 512, "tokens of a system prompt"),
    "groups": (int, 1, "different system prompts"),
    "skew": (float, 0.0, "how uneven they are asked: the n-th 1/n^skew as often"),
    "users": (int, 16, "conversations at once"),
    "turns": (int, 6, "turns of a conversation"),
    "question": (int, 64, "tokens that a turn adds"),
    "answer": (int, 256, "tokens of an answer"),
    "blocks": (int, 4096, "blocks of the cache"),
    "block": (int, BLOCK_TOKENS, "tokens of a block"),
    "requests": (int, 2000, "turns served"),
}
SPECULATE: dict[str, Option] = {
    "gpu": SERVER["gpu"],
    "model": SERVER["model"],
    "acceptance": (float, 0.7, "chance that a drafted token is accepted"),
    "drafted": (int, 3, "tokens drafted for a pass"),
    "draft-cost": (float, DRAFT_COST, "cost of a drafted token, in passes"),
    "batch": (int, 1, "sequences at once"),
    "context": (int, 1024, "tokens in the KV cache of each"),
    "dtype": SERVER["dtype"],
}
GRAPHS: dict[str, Option] = {
    "max-num-seqs": (int, 256, "requests that run at once"),
    "drafted": (int, 0, "tokens drafted for a pass"),
    "largest": (int, LARGEST, "largest size captured; 1024 on data-centre Blackwell"),
    "batch": (int, None, "a batch, to see what it is padded to"),
    "sizes": (int, None, "the best list of so many sizes, all batches alike"),
}
KINDS: dict[str, tuple[str, dict[str, Option]]] = {
    "batching": ("throughput, times and occupancy of a server", SERVER),
    "kv": ("how the slots of a KV cache are used, by allocation", KV),
    "prefix": ("hit rate of the prefix cache", PREFIX),
    "speculate": ("tokens of a pass, speed-up and break-even batch", SPECULATE),
    "graphs": ("captured batch sizes and their padding", GRAPHS),
    "sweep": ("many servers on all cores, as a table", SERVER),
}
"""What can be simulated, in a few words, and the options of each."""

VARIED = SERVER | {"seed": (int, 0, "of all chance")}
"""What a sweep may vary."""
