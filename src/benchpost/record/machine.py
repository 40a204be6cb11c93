"""Facts about the machine that we run on, and the name that its results file gets."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchpost.errors import BenchpostError, UsageError
from benchpost.record.types import Machine

VARIABLE = "BENCHPOST_MACHINE"
"""Environment variable that names the machine."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
NOISE = re.compile(
    r"\((?:r|tm|c)\)|@.*|\b(?:cpu|processor|\d+-core|nvidia|geforce|amd radeon)\b", re.I
)

QUERY_TIMEOUT = 60.0
"""Seconds that a driver's tool may take: without persistence mode it wakes the device first."""


@dataclass(frozen=True)
class Accelerator:
    """One device beside the processor."""

    kind: str
    """`cuda`, `rocm` or `mps`."""
    name: str
    """As the driver names it, e.g. `NVIDIA H200`."""
    memory: int
    """Bytes of its own memory; 0 when it shares the main memory."""
    driver: str
    """Version of the driver."""


@dataclass(frozen=True)
class Equipment:
    """A machine with the details that `needs` asks for."""

    machine: Machine
    """What is recorded."""
    accelerators: tuple[Accelerator, ...] = ()
    """Devices that a process may use here."""


def equipment(name: str = "") -> Equipment:
    """What this machine has. `name`, else the environment's, else one derived from the facts."""
    accelerators = (*_nvidia(), *_amd(), *_apple())
    cpu = _cpu()
    machine = Machine(
        name=chosen_name(name) or derived_name(cpu, _cores(), accelerators),
        cpu=cpu,
        cores=_cores(),
        memory=_memory(),
        system=_system(),
        devices=tuple(each.name for each in accelerators),
        driver=accelerators[0].driver if accelerators else "",
    )
    return Equipment(machine, accelerators)


def chosen_name(name: str = "") -> str:
    """The name given on the command line or in the environment; empty for none."""
    chosen = name or os.environ.get(VARIABLE, "")
    if chosen and not NAME.fullmatch(chosen):
        raise UsageError(f"{chosen!r} cannot name a machine; use letters, digits, `.`, `_`, `-`")
    return chosen


def derived_name(cpu: str, cores: int, accelerators: Sequence[Accelerator]) -> str:
    """A name made of hardware, never of the host: `h200`, `8x-h200`, `cpu-4c-amd-epyc-7763`."""
    if not accelerators:
        return f"cpu-{cores}c-{_slug(cpu)}"
    count = len(accelerators)
    return f"{count}x-{_slug(accelerators[0].name)}" if count > 1 else _slug(accelerators[0].name)


def _slug(text: str) -> str:
    plain = NOISE.sub(" ", text).lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "unknown"


def _nvidia() -> tuple[Accelerator, ...]:
    fields = "--query-gpu=name,memory.total,driver_version"
    found = _asked("nvidia-smi", fields, "--format=csv,noheader,nounits")
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "all") in ("", "-1")
    return () if hidden else nvidia_devices(found)


def nvidia_devices(listed: str) -> tuple[Accelerator, ...]:
    """The devices in `nvidia-smi`'s table of name, MiB of memory and driver version."""
    rows = [[cell.strip() for cell in line.split(",")] for line in listed.splitlines()]
    return tuple(
        Accelerator("cuda", row[0], _mebibytes(row[1]), row[2]) for row in rows if len(row) == 3
    )


def _mebibytes(text: str) -> int:
    # devices that share the main memory answer `[N/A]`
    return int(text) * 2**20 if text.isdigit() else 0


def _amd() -> tuple[Accelerator, ...]:
    listed = _asked("rocm-smi", "--showproductname", "--showmeminfo", "vram", "--showdriverversion")
    return amd_devices(listed)


def amd_devices(listed: str) -> tuple[Accelerator, ...]:
    """The devices in `rocm-smi`'s lines `GPU[0] : Card Series: …`."""
    driver = re.search(r"Driver version:\s*(\S+)", listed)
    names = re.findall(r"GPU\[(\d+)\]\s*:\s*Card [Ss]eries:\s*(.+)", listed)
    memory = dict(re.findall(r"GPU\[(\d+)\]\s*:\s*VRAM Total Memory \(B\):\s*(\d+)", listed))
    version = driver[1] if driver else ""
    return tuple(
        Accelerator("rocm", name.strip(), int(memory.get(number, 0)), version)
        for number, name in names
    )


def _apple() -> tuple[Accelerator, ...]:
    if platform.system() != "Darwin" or platform.machine() != "arm64":
        return ()
    return (Accelerator("mps", _cpu(), 0, f"macOS {platform.mac_ver()[0]}"),)


def _asked(tool: str, *words: str) -> str:
    """What a driver's tool prints; empty where it is not installed or finds no device."""
    path = shutil.which(tool)
    if path is None:
        return ""
    try:
        done = subprocess.run(
            [path, *words], capture_output=True, text=True, timeout=QUERY_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BenchpostError(f"`{tool}` does not answer; is the driver hanging?") from error
    return done.stdout if done.returncode == 0 else ""


def _cpu() -> str:
    if platform.system() == "Darwin":
        return _asked("sysctl", "-n", "machdep.cpu.brand_string").strip()
    return cpu_model(_read(Path("/proc/cpuinfo"))) or platform.processor() or platform.machine()


def cpu_model(cpuinfo: str) -> str:
    """The model name in `/proc/cpuinfo`; empty where it has none, as on many Arm machines."""
    found = re.search(r"^(?:model name|Model|Hardware)\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return found[1].strip() if found else ""


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _memory() -> int:
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    allowed = _read(Path("/sys/fs/cgroup/memory.max")).strip()
    return min(physical, int(allowed)) if allowed.isdigit() else physical


def _system() -> str:
    return f"{platform.system()} {platform.release()}"


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""
