"""What is said of a machine, and what is not."""

from __future__ import annotations

import platform
import socket
from pathlib import Path

import pytest

from benchpost.errors import UsageError
from benchpost.record import machine
from benchpost.record.machine import Accelerator

H200 = Accelerator("cuda", "NVIDIA H200", 141 * 2**30, "570.1")


@pytest.mark.parametrize(
    ("cpu", "cores", "gpus", "name"),
    [
        ("AMD EPYC 7763 64-Core Processor", 4, [], "cpu-4c-amd-epyc-7763"),
        (
            "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz",
            8,
            [],
            "cpu-8c-intel-xeon-platinum-8481c",
        ),
        ("", 2, [], "cpu-2c-unknown"),
        ("any", 16, [H200], "h200"),
        ("any", 16, [H200] * 8, "8x-h200"),
        ("any", 16, [Accelerator("cuda", "NVIDIA GeForce RTX 4090", 0, "")], "rtx-4090"),
        ("any", 8, [Accelerator("mps", "Apple M3 Max", 0, "")], "apple-m3-max"),
        ("any", 8, [Accelerator("rocm", "AMD Instinct MI300X", 0, "")], "amd-instinct-mi300x"),
    ],
)
def test_a_machine_is_named_by_its_hardware(
    cpu: str, cores: int, gpus: list[Accelerator], name: str
) -> None:
    """Devices name a machine; without one its processor does."""
    assert machine.derived_name(cpu, cores, gpus) == name


def test_the_host_name_is_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is recorded of a machine tells the host's name."""
    monkeypatch.delenv(machine.VARIABLE, raising=False)
    monkeypatch.setattr(platform, "node", lambda: pytest.fail("asked for the host's name"))
    monkeypatch.setattr(socket, "gethostname", lambda: pytest.fail("asked for the host's name"))
    found = machine.equipment().machine
    assert found.cores > 0
    assert found.memory > 10**8
    assert machine.NAME.fullmatch(found.name)


def test_the_name_is_the_command_lines_then_the_environments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`--machine` goes before `BENCHPOST_MACHINE`, and both before the hardware."""
    monkeypatch.setenv(machine.VARIABLE, "ci-cpu")
    assert machine.chosen_name("h200") == "h200"
    assert machine.equipment().machine.name == "ci-cpu"
    with pytest.raises(UsageError, match="'a/b' cannot name a machine; use letters, digits"):
        machine.chosen_name("a/b")


def test_what_nvidia_smi_prints_is_read() -> None:
    """Name, memory in MiB and driver; a device without memory of its own has 0."""
    listed = "NVIDIA H200, 143771, 570.133.20\nNVIDIA GB10, [N/A], 580.95.05\n"
    assert machine.nvidia_devices(listed) == (
        Accelerator("cuda", "NVIDIA H200", 143771 * 2**20, "570.133.20"),
        Accelerator("cuda", "NVIDIA GB10", 0, "580.95.05"),
    )
    assert machine.nvidia_devices("No devices were found\n") == ()


def test_what_rocm_smi_prints_is_read() -> None:
    """Card series, bytes of memory and driver, whatever lines stand between."""
    listed = """\
=================== ROCm System Management Interface ===================
Driver version: 6.7.0
GPU[0]\t\t: VRAM Total Memory (B): 205822885888
GPU[0]\t\t: VRAM Total Used Memory (B): 297594880
GPU[0]\t\t: Card Series: \t\tAMD Instinct MI300X
GPU[0]\t\t: Card Model: \t\t0x74a1
"""
    assert machine.amd_devices(listed) == (
        Accelerator("rocm", "AMD Instinct MI300X", 205822885888, "6.7.0"),
    )


def test_cuda_hidden_from_processes_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With CUDA_VISIBLE_DEVICES empty no snippet can use the device that the driver lists."""
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'NVIDIA H200, 143771, 570.1'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert machine.equipment("x").machine.devices == ("NVIDIA H200",)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert machine.equipment("x").machine.devices == ()


def test_processor_models_are_found_in_cpuinfo() -> None:
    """x86 says `model name`, some Arm boards `Model`, others nothing."""
    assert machine.cpu_model("processor : 0\nmodel name\t: AMD EPYC 7763\n") == "AMD EPYC 7763"
    assert machine.cpu_model("Model\t\t: Raspberry Pi 5\n") == "Raspberry Pi 5"
    assert machine.cpu_model("processor : 0\nBogoMIPS : 50\n") == ""
