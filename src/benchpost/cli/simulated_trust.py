"""What `benchpost simulate` says beside its numbers: of what server, how good, where they fail."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from benchpost.roofline import catalog
from benchpost.roofline.predict import Setting, setting_of
from benchpost.serving.run import Run
from benchpost.serving.simulation import saturated_rate
from benchpost.serving.trust import Trust, trust_of


@dataclass(frozen=True)
class About:
    """What must be said beside simulated numbers: of what, how good, and where they mean little."""

    setting: Setting
    """The server."""
    trust: Trust
    """The error that was measured on servers like it."""
    notes: tuple[str, ...]
    """What makes some of the numbers mean less than they seem to."""

    def head(self) -> str:
        """Before the numbers."""
        of = self.setting
        cards = f"{of.tp} × {of.chip.name}" if of.tp > 1 else of.chip.name
        said = f"{of.model.name} on {cards}, weights {of.dtype}, KV cache {of.kv}, engine vllm"
        notes = "".join(f"{_folded(f'note: {note}')}\n" for note in self.notes)
        return f"simulated, not measured: {said}\n{notes}\n"

    def foot(self) -> str:
        """After them."""
        return f"\n{_folded(self.trust.said())}\n{_folded(self.setting.data_sources)}\n"

    def record(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "simulated": True,
            "measured_over_simulated": {"tpot": self.trust.tpot, "ttft": self.trust.ttft},
            "basis": self.trust.basis,
            "source": self.setting.data_sources,
            "notes": self.notes,
        }


def about(given: Mapping[str, Any], notes: Iterable[str]) -> About:
    """Of the server that `given` options make."""
    names = ("dtype", "kv", "tp")
    setting = setting_of(given["gpu"], given["model"], "vllm", *(given[name] for name in names))
    return About(setting, trust_of(setting), tuple(notes))


def growth(run: Run, asked: dict[str, Any]) -> str:
    """Why more requests come than end, and what that makes of the numbers."""
    rate, count, policy = (asked.pop(name) for name in ("rate", "requests", "policy"))
    most = saturated_rate(run.places, **asked, policy=policy)
    if most < rate:
        return (
            f"{policy} is overloaded: {rate:.3g} requests a second come and at most {most:.3g} are "
            f"answered, so the wait grows for as long as they come. The times and request_rate "
            f"are those of {count:,} requests; with more, TTFT and e2el grow"
        )
    return (
        f"{policy} is not steady: {count:,} requests are over before as many end as come. It can "
        f"answer {most:.3g} a second; with more --requests, the numbers come to mean this rate"
    )


def notes_of(*servers: Mapping[str, Any]) -> list[str]:
    """What must be said beside the numbers of these servers, each sentence once."""
    said: dict[str, None] = {}
    for each in servers:
        tp, gpu, model = each.get("tp", 1), each["gpu"], each["model"]
        setting = setting_of(gpu, model, "vllm", each["dtype"], each["kv"], tp)
        for word, name in ((gpu, setting.chip.name), (model, setting.model.name)):
            if catalog.differ(word, name):
                said[f"{word!r} is taken for {name}"] = None
        said |= dict.fromkeys(setting.notes)
    return list(said)


def noted(said: list[str]) -> str:
    """Notes as lines above a table; nothing where there are none."""
    return "".join(f"note: {note}\n" for note in said) + ("\n" if said else "")


def _folded(words: str) -> str:
    return textwrap.fill(words, 96, break_long_words=False, break_on_hyphens=False)
