"""An accelerator: what its datasheet has, what others measured, what hands it its work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchpost.errors import UsageError, near
from benchpost.roofline.formats import weight_format
from benchpost.roofline.types import Known

PLATFORMS = {
    "server": "a data-centre card: a slower host, high-latency memory",
    "desktop": "a desktop or workstation card that clocks below 2 GHz",
    "fast desktop": "a desktop or workstation card that clocks above 2 GHz",
    "soc": "a GPU on the chip of a laptop or module: Apple, Jetson",
}
"""What hands a chip its work; the time that a layer costs beside its bytes depends on it."""

BEYOND = {
    "fp16": ("fp16-acc16",),
    "ggml": ("bf16", "fp16", "fp16-acc16", "int8"),
    "fp8": ("fp8-acc16",),
    "fp4": ("fp8", "fp8-acc16"),
}
"""Other peaks that engines use for matmuls of a format, where they are higher."""

GIB_PER_GB = 2**30 / 1e9
"""What a GB of a datasheet's memory is where it means GiB, as memory is sold: 7.4 % more."""

PEAK_FORMATS = ("bf16", "fp16", "fp16-acc16", "fp8", "fp8-acc16", "int8", "fp4")
"""Formats a peak may be given for; they accumulate in FP32 unless they say otherwise."""


@dataclass(frozen=True)
class Chip:
    """An accelerator as its datasheet has it, and what others measured on it."""

    name: str
    """As written in posts, e.g. `RTX 4090`."""
    memory: Known[float]
    """Memory in bytes, GB read as 1e9."""
    bandwidth: Known[float]
    """Peak memory bandwidth in byte/second."""
    peaks: Mapping[str, Known[float]]
    """Dense peak compute rates in flop/second by format, e.g. `bf16`."""
    measured_bandwidth: Known[float] | None = None
    """What somebody reached, in byte/second, or None where no source is known."""
    measured_peaks: Mapping[str, Known[float]] = field(default_factory=dict)
    """What somebody reached with large matmuls, in flop/second by format."""
    platform: str = "desktop"
    """What hands it its work: a key of `PLATFORMS`."""
    platform_stated: bool = True
    """Whether somebody said so; where not, predictions say what they took it for."""
    cache: Known[float] | None = None
    """Last-level cache in bytes: what fits in it can be read faster than from memory."""
    link: Known[float] | None = None
    """Bandwidth to other GPUs in byte/second, both ways together."""
    aliases: tuple[str, ...] = ()
    """Other names, among them what drivers report."""

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def most_memory(self) -> float:
        """The most bytes that a device may report: the datasheet's GB read as GiB.

        An H100 of 80 GB reports 81,559 MiB, which is 85.5 GB and a little less than 80 GiB.
        """
        return GIB_PER_GB * self.memory.value

    def peak(self, dtype: str = "bf16") -> Known[float]:
        """The dense peak for `dtype`. Raises UsageError that lists what there is."""
        return _of(self.peaks, dtype, f"{self.name} has no peak for")

    def compute_peak(self, dtype: str = "bf16") -> Known[float]:
        """The peak that holds for weights of `dtype`.

        Weights of a format that the chip does not multiply in are widened to 16 bits first.
        """
        ways = (dtype, weight_format(dtype).compute, "bf16", "fp16")
        return self.peak(next((way for way in ways if way in self.peaks), dtype))

    def bound_peak(self, dtype: str = "bf16") -> float:
        """The highest rate that an engine may reach with weights of `dtype`, in flop/second.

        Above `compute_peak` where engines accumulate in FP16, multiply quantised weights in INT8,
        or where a card was measured above its rated clock.
        """
        ways = {weight_format(dtype).compute, *BEYOND.get(weight_format(dtype).compute, ())}
        rates = [
            made[way].value
            for made in (self.peaks, self.measured_peaks)
            for way in ways
            if way in made
        ]
        return max([self.compute_peak(dtype).value, *rates])

    def measured_peak(self, dtype: str = "bf16") -> Known[float]:
        """The highest rate measured for `dtype`. Raises UsageError where none is known."""
        return _of(self.measured_peaks, dtype, f"no measured peak is known of {self.name} for")


def _of(known: Mapping[str, Known[float]], dtype: str, lacking: str) -> Known[float]:
    if dtype in known:
        return known[dtype]
    having = f"it has {', '.join(known)}" if known else "it has none"
    raise UsageError(f"{lacking} {dtype!r}{near(dtype, known)}; {having}")
