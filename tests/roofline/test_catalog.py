"""The catalogue: every value has a source, counts agree with others' counts, names are found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchpost.errors import BenchpostError, UsageError
from benchpost.figures.rows import PLATFORMS
from benchpost.roofline import catalog
from benchpost.roofline.catalog import Chip, Model
from benchpost.roofline.formats import FORMATS
from benchpost.roofline.types import Known

EACH_CHIP = pytest.mark.parametrize("chip", catalog.chips(), ids=lambda chip: chip.name)
EACH_MODEL = pytest.mark.parametrize("model", catalog.models(), ids=lambda model: model.name)


def values(chip: Chip) -> Iterator[Known[float]]:
    yield from (chip.memory, chip.bandwidth, *chip.peaks.values(), *chip.measured_peaks.values())
    if chip.measured_bandwidth:
        yield chip.measured_bandwidth


@EACH_CHIP
def test_every_value_has_a_source_and_a_date(chip: Chip) -> None:
    """And is a positive number in SI base units."""
    for known in values(chip):
        assert known.value > 0
        assert known.source
        assert re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", known.date)


@EACH_CHIP
def test_measured_values_never_stand_among_the_datasheets(chip: Chip) -> None:
    """A derived value says how in its note."""
    for stated in (chip.memory, chip.bandwidth, *chip.peaks.values()):
        assert stated.kind in ("datasheet", "derived")
        assert stated.kind == "datasheet" or stated.note
    for reached in chip.measured_peaks.values():
        assert reached.kind == "measured"
    assert chip.measured_bandwidth is None or chip.measured_bandwidth.kind == "measured"


@EACH_CHIP
def test_nobody_measured_more_bandwidth_than_there_is(chip: Chip) -> None:
    """A measurement that beats the datasheet was of a cache, or the datasheet value is wrong."""
    if chip.measured_bandwidth:
        assert 0.7 < chip.measured_bandwidth.value / chip.bandwidth.value <= 1


@EACH_CHIP
def test_peaks_are_dense(chip: Chip) -> None:
    """Fewer bits are never slower, and FP16 accumulation is twice FP32 accumulation or the same.

    A peak with sparsity among dense ones would be twice as high and break one of these.
    """
    peaks = {name: known.value for name, known in chip.peaks.items()}
    sixteen = peaks["bf16"] if "bf16" in peaks else peaks["fp16"]
    assert peaks.get("fp16", sixteen) == sixteen
    for name, most in (("fp16-acc16", 2.0), ("fp8", 2.0), ("fp8-acc16", 4.0), ("fp4", 8.0)):
        ratio = peaks.get(name, sixteen * most) / sixteen
        assert ratio <= most * 1.03


TRAPS = [
    ("RTX 4090", "bandwidth", 1.008e12),
    ("RTX 4090", "bf16", 165.2e12),
    ("RTX 4090", "fp16-acc16", 330.3e12),
    ("RTX 5090", "bf16", 209.5e12),
    ("RTX 3090", "bf16", 71.2e12),
    ("RTX PRO 6000", "bf16", 503.8e12),
    ("RTX PRO 6000", "bandwidth", 1.792e12),
    ("RTX PRO 6000 Blackwell Server", "bandwidth", 1.597e12),
    ("H100 SXM", "bandwidth", 3.35e12),
    ("H100 SXM", "bf16", 989e12),
    ("H200", "bandwidth", 4.8e12),
    ("A100 SXM 80GB", "bandwidth", 2.039e12),
    ("A10", "memory", 24e9),
    ("MI300X", "bandwidth", 5.3e12),
    ("MI325X", "memory", 256e9),
    ("L40S", "bf16", 362.05e12),
]


@pytest.mark.parametrize(("name", "what", "value"), TRAPS)
def test_values_that_other_catalogues_get_wrong(name: str, what: str, value: float) -> None:
    """Sparse for dense, CUDA cores for tensor cores, another memory size, half the accumulator."""
    chip = catalog.chip(name)
    known = chip.peaks[what] if what in chip.peaks else getattr(chip, what)
    assert known.value == value


INDEPENDENT = [
    # published or converter counts, in billions, of others than the configuration
    ("Qwen3-4B-Instruct-2507", 4.022468096, 1e-12),
    ("Qwen3-Next-80B-A3B", 79.67, 1e-4),
    ("Qwen3-30B-A3B", 30.53, 1e-3),
    ("Qwen3-30B-A3B-Instruct-2507", 30.53, 1e-3),
    ("Qwen2.5-7B", 7.62, 1e-3),
    ("Llama-2-7B", 6.74, 1e-3),
    ("Llama-2-13B", 13.02, 1e-3),
    ("Llama-2-70B", 68.98, 1e-3),
    ("LLaMA-33B", 32.53, 1e-3),
    ("LLaMA-65B", 65.29, 1e-3),
    ("Llama-3.1-8B", 8.03, 1e-3),
    ("Llama-3.1-70B", 70.55, 1e-3),
    ("Llama-3.2-1B", 1.24, 3.5e-3),
    ("Mistral-7B-v0.1", 7.24, 1e-3),
    ("Mixtral-8x7B", 46.7, 1e-3),
    ("Gemma-3-1B", 1.0, 1e-3),
    ("Gemma-3-4B", 3.88, 1e-3),
    ("Gemma-3-12B", 11.77, 1e-3),
    ("Gemma-3-27B", 27.01, 1e-3),
    ("Phi-3-mini-4k", 3.82, 1e-3),
    ("Phi-3-medium-4k", 13.96, 1e-3),
    ("Phi-4", 14.66, 1e-3),
    ("gpt-oss-20b", 20.91, 1e-3),
    ("gpt-oss-120b", 116.83, 1e-3),
]


@pytest.mark.parametrize(("name", "billions", "error"), INDEPENDENT)
def test_counted_parameters_agree_with_what_others_count(
    name: str, billions: float, error: float
) -> None:
    """The Hub's count of the tensors, or the count a converter printed."""
    counted = catalog.model(name).parameters
    assert counted.value == pytest.approx(billions * 1e9, rel=error)
    assert counted.kind == "derived"


@EACH_MODEL
def test_every_model_is_well_formed(model: Model) -> None:
    """Heads share key-value heads evenly; what is streamed is all but an untied embedding."""
    assert model.heads % model.kv_heads == 0
    unread = 0 if model.tied_embeddings else model.vocab * model.hidden
    assert model.active_parameters - model.streamed_parameters == unread
    assert model.experts or model.parameters.value == model.active_parameters
    assert model.source
    assert model.date


def test_head_size_is_read_and_not_divided() -> None:
    """Qwen3-4B has heads of 128, though 2560 / 32 is 80."""
    model = catalog.model("Qwen3-4B")
    assert model.head_dim == 128 != model.hidden / model.heads


KV_FACTS = [
    # model, tokens, tokens beyond a window, which layers, GiB in FP16, who
    ("Gemma-3-4B", 131072, 512, "full", 2.5, "ollama/ollama PR 17037, llama-server log"),
    ("Gemma-3-4B", 131072, 512, "window", 0.1699, "ollama/ollama PR 17037, llama-server log"),
    ("Gemma-3-27B", 131072, 0, "all", 10.41, "unslothai/unsloth PR 4757"),
    ("DeepSeek-V3", 163840, 0, "all", 10.72, "unslothai/unsloth PR 4757"),
    ("Kimi-K2", 262144, 0, "all", 17.16, "unslothai/unsloth PR 4757"),
    ("Qwen3-0.6B", 40960, 0, "all", 4.38, "unslothai/unsloth PR 4757"),
    ("Llama-2-7B", 512, 0, "all", 0.25, "llama.cpp log, XiongjieDai notebooks"),
    ("Llama-2-13B", 512, 0, "all", 0.3906, "llama.cpp log, XiongjieDai notebooks"),
]


@pytest.mark.parametrize(("name", "tokens", "extra", "layers", "gib", "who"), KV_FACTS)
def test_kv_cache_is_what_engines_report(
    name: str, tokens: int, extra: int, layers: str, gib: float, who: str
) -> None:
    """Within 0.15 %: the rest is the reporter's rounding."""
    model = catalog.model(name)
    whole = model.kv_bytes(tokens, "fp16", extra_tokens=extra)
    full = sum(k.count * k.mixer.kv_elements for k in model.kinds if not k.mixer.window) * 2
    held = {"all": whole, "full": full * tokens, "window": whole - full * tokens}[layers]
    assert held / 2**30 == pytest.approx(gib, rel=1.5e-3), who


SHARES = [
    # what a decode step of one sequence reads, of what is stored, in billions of parameters
    ("Llama-3.1-8B", 7.50, 8.03),
    ("Qwen3-4B", 4.02, 4.02),
    ("Qwen3-30B-A3B", 3.04, 30.53),
    ("DeepSeek-V3", 36.63, 671.03),
    ("gpt-oss-20b", 3.61, 20.91),
]


@pytest.mark.parametrize(("name", "streamed", "stored"), SHARES)
def test_what_is_read_is_not_what_is_stored(name: str, streamed: float, stored: float) -> None:
    """An untied embedding is only looked up, and a token goes to few experts."""
    model = catalog.model(name)
    assert model.streamed_parameters / 1e9 == pytest.approx(streamed, abs=0.006)
    assert model.parameters.value / 1e9 == pytest.approx(stored, abs=0.006)


FILES = [
    # weights in a format, GiB, who printed the size
    ("Llama-3.1-8B", "q4_k_m", 4.58, "llama.cpp, XiongjieDai notebooks"),
    ("Llama-3.1-8B", "f16", 14.96, "llama.cpp, XiongjieDai notebooks"),
    ("Llama-3.1-70B", "q4_k_m", 39.59, "llama.cpp, XiongjieDai notebooks"),
    ("Llama-2-7B", "q4_0", 3.56, "llama.cpp, XiongjieDai notebooks"),
    ("Llama-2-13B", "q4_0", 6.86, "llama.cpp, XiongjieDai notebooks"),
    ("Llama-2-70B", "q4_0", 36.20, "llama.cpp, XiongjieDai notebooks"),
]


@pytest.mark.parametrize(("name", "dtype", "gib", "who"), FILES)
def test_formats_take_what_files_take(name: str, dtype: str, gib: float, who: str) -> None:
    """Within 0.6 %, scales and the wider LM head included."""
    held = catalog.model(name).weight_bytes(dtype) / 2**30
    assert held == pytest.approx(gib, rel=6e-3), who


def test_the_repository_of_the_first_posts_model_is_recorded() -> None:
    """Its files add up to the 8.06 GB that the Hub shows; the shards hold the tensors."""
    repository = catalog.model("Qwen3-4B-Instruct-2507").repository
    assert repository
    assert repository.total == 8_060_917_568
    shards = sum(f.size for f in repository.files if f.name.endswith(".safetensors"))
    headers = shards - catalog.model("Qwen3-4B-Instruct-2507").weight_bytes("bf16")
    assert 0 < headers < 100_000


NAMES = [
    ("NVIDIA GeForce RTX 4090", "RTX 4090"),
    ("rtx4090", "RTX 4090"),
    ("RTX PRO 6000", "RTX PRO 6000 Blackwell Workstation"),
    ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "RTX PRO 6000 Blackwell Server"),
    ("NVIDIA H100 80GB HBM3", "H100 SXM"),
    ("NVIDIA H200", "H200"),
    ("NVIDIA A100-SXM4-80GB", "A100 SXM 80GB"),
    ("AMD Instinct MI300X", "MI300X"),
]


@pytest.mark.parametrize(("written", "name"), NAMES)
def test_a_chip_is_found_by_what_posts_and_drivers_call_it(written: str, name: str) -> None:
    """Case, spaces, hyphens and the vendor's name do not matter."""
    assert catalog.chip(written).name == name


def test_no_name_stands_for_two_chips() -> None:
    """An alias that two entries share would silently mean the last one."""
    for entries in (catalog.chips(), catalog.models()):
        names = [
            re.sub(r"[\s_-]+", "", name.lower())
            for entry in entries
            for name in (entry.name, *entry.aliases)
        ]
        assert len(set(names)) == len(names)


def test_a_model_is_found_with_or_without_its_organisation() -> None:
    """As the Hub writes it."""
    assert catalog.model("Qwen/Qwen3-4B-Instruct-2507") is catalog.model("qwen3-4b-instruct-2507")


UNKNOWN = [
    ("chip", "H100", "unknown GPU 'H100'; did you mean 'H100 NVL' or 'H100 PCIe' or 'H100 SXM'?"),
    (
        "chip",
        "RTX 4900",
        "unknown GPU 'RTX 4900'; did you mean 'RTX 4090' or 'RTX 4080' or 'RTX 5090'?",
    ),
    ("chip", "abacus", "unknown GPU 'abacus'; known are RTX 3090, RTX 4090, RTX 5090, "),
    ("chip", "", "unknown GPU ''; known are RTX 3090, "),
    (
        "model",
        "Qwen3-4B-Instruct",
        "unknown model 'Qwen3-4B-Instruct'; did you mean 'Qwen3-4B-Instruct-2507'?",
    ),
]


@pytest.mark.parametrize(("kind", "name", "said"), UNKNOWN)
def test_an_unknown_name_is_an_error_with_near_misses(kind: str, name: str, said: str) -> None:
    """A model that the equations would get wrong says why instead."""
    with pytest.raises(UsageError) as caught:
        getattr(catalog, kind)(name)
    assert caught.value.message.startswith(said)


def test_a_peak_that_a_chip_lacks_is_named() -> None:
    """With what it has."""
    with pytest.raises(UsageError) as caught:
        catalog.chip("RTX 3090").peak("fp8")
    assert caught.value.message == (
        "RTX 3090 has no peak for 'fp8'; it has bf16, fp16, fp16-acc16, int8"
    )


def test_weights_of_a_foreign_format_are_computed_in_sixteen_bits() -> None:
    """An FP8 checkpoint runs on an RTX 3090 at its BF16 rate."""
    chip = catalog.chip("RTX 3090")
    assert chip.compute_peak("fp8") == chip.peak("bf16")
    assert chip.compute_peak("int4") == chip.peak("bf16")
    assert chip.compute_peak("int8") == chip.peak("int8")


def test_an_unknown_format_is_named() -> None:
    """With the known ones."""
    with pytest.raises(UsageError) as caught:
        catalog.format_bytes("bf8")
    known = ", ".join(FORMATS)
    assert caught.value.message == (f"unknown format 'bf8'; did you mean 'fp8'?; known are {known}")


OWN = """
[sources.sheet]
title = "our own datasheet"
date = "2026-11-20"

[[chip]]
name = "Abacus"
memory = { is = "4 GB", by = "sheet" }
bandwidth = { is = "100 GB/s", by = "sheet" }
peaks.bf16 = { is = "10 TFLOPS", by = "sheet" }

[[chip]]
name = "RTX 4090"
memory = { is = "48 GB", by = "sheet", note = "a modified card" }
bandwidth = { is = "1008 GB/s", by = "sheet" }

[[model]]
name = "Tiny"
by = "sheet"
layers = 2
hidden = 8
heads = 2
kv_heads = 1
head_dim = 4
intermediate = 16
vocab = 10
tied_embeddings = true
"""


def test_chips_and_models_of_ones_own_are_read_over_ours(tmp_path: Path) -> None:
    """New ones are added, one of the same name is replaced, the rest stands."""
    file = tmp_path / "mine.toml"
    file.write_text(OWN)
    known = catalog.read(file)
    assert known.chip("abacus").bandwidth == Known(
        100e9, "byte/second", "our own datasheet", "2026-11-20"
    )
    assert known.chip("RTX 4090").memory.value == 48e9
    assert known.chip("H200") is catalog.chip("H200")
    assert known.model("tiny").parameters.value == 2 * (8 * (16 + 8 + 48) + 16) + 8 + 80
    assert catalog.chip("RTX 4090").memory.value == 24e9


BROKEN = [
    ("[[chip", "not TOML: "),
    (
        "chips = 1",
        "unknown key 'chips' in the file; did you mean 'chip'?; keys are sources, chip, ",
    ),
    ("[[chip]]\n", "a chip without a name"),
    ('[[chip]]\nname = "X"\n', "X has no memory"),
    ('[[chip]]\nname = "X"\nmemroy = 1\n', "unknown key 'memroy' in X; did you mean 'memory'?"),
    (
        '[[chip]]\nname = "X"\nmemory = "4 GB"\n',
        'memory of X must be a value with its source, like { is = "4 GB", by = "datasheet" }',
    ),
    (
        '[[chip]]\nname = "X"\nmemory = { is = "4 GB", by = "sheet" }\n',
        "memory of X names the unknown source 'sheet'",
    ),
    (
        '[sources.s]\ntitle = "t"\n[[chip]]\nname = "X"\nmemory = { is = "4 GB", by = "s" }\n',
        "source 's' has no date",
    ),
    (
        '[sources.s]\ntitle = "t"\ndate = "2026"\n[[chip]]\nname = "X"\n'
        'memory = { is = "4 TFLOPS", by = "s" }\n',
        "memory of X is '4 TFLOPS', which is not in byte",
    ),
    (
        '[sources.s]\ntitle = "t"\ndate = "2026"\n[[chip]]\nname = "X"\n'
        'memory = { is = "4 GB", by = "s" }\nbandwidth = { is = "1 GB/s", by = "s" }\n'
        'peaks.bf61 = { is = "1 TFLOPS", by = "s" }\n',
        "unknown key 'bf61' in the peaks of X; did you mean 'bf16'?",
    ),
    (OWN.replace("layers = 2", "layers = 0"), "Tiny needs layers as a positive whole number"),
    (OWN.replace("heads = 2", "heads = 'two'"), "Tiny needs heads as a positive whole number"),
    (OWN.replace("tied_embeddings = true", ""), "Tiny needs tied_embeddings as true or false"),
    (OWN + "parameters = 1300\n", "Tiny is said to have 1300 parameters but counts 1272"),
    (OWN + "sliding = 4096\n", "unknown key 'sliding' in Tiny; keys are "),
    (OWN.replace('by = "sheet"\nlayers', "layers"), "Tiny names the unknown source ''"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_a_broken_catalogue_is_refused(text: str, said: str) -> None:
    """The message names the file, the entry and what would be right."""
    with pytest.raises(BenchpostError) as caught:
        catalog.parse(text, "mine.toml")
    assert re.search(rf"mine\.toml:\d+:1: {re.escape(said)}", str(caught.value))


FAULTY = """\
[sources.me]
title = "our bench"

[[chip]]
name = "Abacus"
memory = { is = "80 Gb", by = "mee" }
bandwidth = "2 TB/s"
platform = "Desk-top, above 2 GHz"

[chip.peaks]
bf61 = { is = "1 TFLOPS", by = "me" }

[[chip]]
name = "Second"
memory = { is = "8 GB", by = "me" }
"""


def test_all_faults_are_told_at_once_with_their_lines() -> None:
    """What is missing is told at the head of its entry."""
    with pytest.raises(UsageError) as caught:
        catalog.parse(FAULTY, "mine.toml")
    head, *lines = str(caught.value).splitlines()
    assert head == "mine.toml has 7 faults:"
    known = "bf16, fp16, fp16-acc16, fp8, fp8-acc16, int8, fp4"
    assert lines == [
        "  mine.toml:1:1: source 'me' has no date",
        "  mine.toml:6:1: memory of Abacus names the unknown source 'mee'; did you mean 'me'?",
        "  mine.toml:6:1: memory of Abacus: unknown unit 'Gb'; did you mean 'GB' or 'GiB' or "
        "'Gbit'?",
        "  mine.toml:7:1: bandwidth of Abacus must be a value with its source, like "
        '{ is = "2 TB/s", by = "me" }',
        "  mine.toml:8:1: the platform of Abacus is 'Desk-top, above 2 GHz'; did you mean "
        "'desktop, above 2 GHz' or 'desktop, below 2 GHz'?",
        "  mine.toml:11:1: unknown key 'bf61' in the peaks of Abacus; did you mean 'bf16'?; keys "
        f"are {known}",
        "  mine.toml:13:1: Second has no bandwidth",
    ]


@pytest.mark.parametrize("head", ["[chip.Mine]", "[chip]"])
def test_a_chip_that_is_no_list_of_tables_is_refused(head: str) -> None:
    """With how it is written."""
    with pytest.raises(
        UsageError, match=r"mine\.toml:2:1: a chip is written as `\[\[chip\]\]` and"
    ):
        catalog.parse(f'# mine\n{head}\nbandwidth = "2 TB/s"\n', "mine.toml")


def test_a_platform_has_the_words_of_the_catalogues_page_too() -> None:
    """Each of them, in whatever case; a chip that states none says so."""
    for key, title in PLATFORMS.items():
        made = catalog.parse(
            OWN.replace('name = "Abacus"', f'name = "A"\nplatform = "{title}"'), ""
        )
        assert (made.chips[0].platform, made.chips[0].platform_stated) == (key, True)
    assert not catalog.parse(OWN, "").chips[0].platform_stated
    assert all(chip.platform_stated for chip in catalog.chips())


def test_a_catalogue_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The path as given."""
    with pytest.raises(UsageError, match=r"no file .*none\.toml"):
        catalog.read(tmp_path / "none.toml")


LINKS = [
    # both ways; NVLink by generation, boards of eight, PCI Express without a bridge
    ("V100 SXM2 32GB", 300e9, 6),
    ("A100 SXM 80GB", 600e9, 40),
    ("A100 PCIe 80GB", 64e9, 40),
    ("H100 SXM", 900e9, 50),
    ("H100 PCIe", 128e9, 50),
    ("H200", 900e9, 50),
    ("B200", 1800e9, 126),
    ("MI300X", 896e9, 256),
    ("L40S", 64e9, 96),
    ("RTX 3090", 64e9, 6),
    ("RTX 4090", 64e9, 72),
    ("RTX 5090", 128e9, 96),
]


@pytest.mark.parametrize(("name", "link", "cache"), LINKS)
def test_links_and_caches_have_sources(name: str, link: float, cache: int) -> None:
    """Bytes a second to other GPUs, and MiB of the last cache before the memory."""
    found = catalog.chip(name)
    assert found.link
    assert found.cache
    assert (found.link.value, found.cache.value) == (link, cache * 2**20)
    assert found.link.source
    assert found.cache.date


@pytest.mark.parametrize("each", [each for each in catalog.chips() if each.link or each.cache])
def test_no_link_is_faster_than_the_memory(each: Chip) -> None:
    """And no cache is a fiftieth of it: a slip of a unit would be."""
    if each.link:
        assert each.link.value < each.bandwidth.value
    if each.cache:
        assert each.cache.value < each.memory.value / 50


def test_data_centre_cards_of_nvidia_know_their_link() -> None:
    """Several of them share a model; a missing link would make them ten times too slow."""
    named = ("A100", "H", "B2", "B3", "GB2", "GB3", "GH")
    cards = [each for each in catalog.chips() if each.name.startswith(named)]
    assert len(cards) > 10
    assert [each.name for each in cards if not each.link] == []
