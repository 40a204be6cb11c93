"""The facts of skills/freshness/removed.toml against the releases that they speak of.

    python scripts/removed.py                     every row: there in `last`, not in `gone`
    python scripts/removed.py find dspy dspy.LM   between which two releases a name went

Wheels come through pip into a folder that is given or temporary; nothing of them is run.
"""

from __future__ import annotations

import argparse
import configparser
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from packaging.version import Version

from benchpost.skills.freshness.releases import Release, release
from benchpost.skills.freshness.removed import FACTS, Kind
from benchpost.skills.freshness.surface import Surface, Verdict

PIP = [sys.executable, "-m", "pip", "--quiet", "download", "--no-deps", "--only-binary=:all:"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path, help="folder to keep them in")
    parser.add_argument("find", nargs="*", metavar="find PACKAGE NAME…", help="search instead")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.wheels or Path(temporary)
        if args.find:
            for name in args.find[2:]:
                print(name, *search(args.find[1], name, folder))
            return 0
        wrong = [line for fact in FACTS for line in faults(fact.name, folder)]
    print("\n".join(wrong) or f"{len(FACTS)} facts hold")
    return bool(wrong)


def faults(name: str, folder: Path) -> list[str]:
    """What does not hold of one fact."""
    fact = next(each for each in FACTS if each.name == name)
    said = []
    for version, expected in ((fact.last, True), (fact.gone, False)):
        found = has(download(fact.package, version, folder), name, fact.kind)
        if found is not expected:
            said.append(f"{name}: {fact.package} {version} has it: {found}")
    return said


def search(package: str, name: str, folder: Path) -> tuple[str, str]:
    """The last release with a name and the first without, by halving."""
    kind = Kind.PYTHON if "." in name else Kind.COMMAND
    versions = [v for v in listed(package) if not v.is_prerelease]
    low, high = 0, len(versions) - 1
    while high - low > 1:
        middle = (low + high) // 2
        found = has(download(package, str(versions[middle]), folder), name, kind)
        low, high = (middle, high) if found else (low, middle)
    return str(versions[low]), str(versions[high])


def listed(package: str) -> list[Version]:
    """All releases that pip can see, oldest first."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "index", "versions", package],
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(x for x in done.stdout.split("\n") if x.startswith("Available versions:"))
    return sorted(Version(word.strip()) for word in line.partition(":")[2].split(","))


def download(package: str, version: str, folder: Path) -> Release:
    """The wheel of one release for any Python that has one."""
    for file in folder.glob("*.whl"):
        found = release(file)
        if found and found.package == package and str(found.version) == version:
            return found
    subprocess.run(
        [*PIP, "--ignore-requires-python", "-d", str(folder), f"{package}=={version}"],
        check=True,
        capture_output=True,
    )
    return download(package, version, folder)


def has(found: Release, name: str, kind: Kind) -> bool | None:
    """Whether a release has a name of Python or a command; None where it cannot be told."""
    if kind is Kind.COMMAND:
        return name in scripts(found.file)
    verdict = Surface(found).find(name).verdict
    return None if verdict is Verdict.UNKNOWN else verdict is Verdict.THERE


def scripts(wheel: Path) -> set[str]:
    """The commands that a wheel installs."""
    with zipfile.ZipFile(wheel) as archive:
        table = configparser.ConfigParser(delimiters=("=",), strict=False)
        table.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
        names = [n for n in archive.namelist() if n.endswith(".dist-info/entry_points.txt")]
        for name in names:
            table.read_string(archive.read(name).decode("utf-8"))
        data = [n for n in archive.namelist() if ".data/scripts/" in n]
    found = set(table["console_scripts"]) if table.has_section("console_scripts") else set()
    return found | {name.rpartition("/")[2] for name in data}


if __name__ == "__main__":
    sys.exit(main())
