"""Which snippets are run, and why the others are not."""

from __future__ import annotations

from typing import Any

import pytest

from benchpost.record.plan import Extent, Plan
from benchpost.record.run import plan_post, run_posts

POST = """\
```python bench id="one" keep="x"
x = 1
```

```python bench id="two" needs="cuda"
model = x
```

```python bench id="three"
print(model)
```

```python bench id="four"
z = x
```
"""


def planned(house: Any, text: str = POST, *gpus: Any, **settings: Any) -> Plan:
    house.post(text)
    return plan_post(house.root / "posts/a/index.mdx", house.order(*gpus, **settings))


def names(plan: Plan) -> list[str]:
    return [snippet.id for snippet in plan.runs]


def test_what_lacks_something_is_skipped_with_what_builds_on_it(house: Any) -> None:
    """A snippet that uses a name of a skipped one is skipped too, and says which."""
    plan = planned(house)
    assert names(plan) == ["one", "four"]
    assert plan.skipped == {
        "two": "needs `cuda`: no NVIDIA GPU that a process may use",
        "three": "uses `model` of snippet 'two', which is skipped",
    }
    assert set(plan.stale.values()) == {"never recorded"}


@pytest.mark.parametrize(
    ("code", "runs"),
    [
        ("model = 1; print(model)", True),
        ("print(x)", True),
        ("def f(model): return model", True),
        ("import model", True),
        ("for model in []: pass", True),
        ("try: pass\nexcept Exception as model: print(model)", True),
        ("%time model", True),
        ("len(model)", False),
        ("def f(): return model.x", False),
    ],
)
def test_only_a_name_that_would_be_missing_counts(house: Any, code: str, runs: bool) -> None:
    """A name that the snippet defines itself is not missing; magics are left to the kernel."""
    text = POST.replace("print(model)", code)
    assert ("three" in names(planned(house, text))) is runs


def test_fresh_snippets_run_only_for_a_later_one(
    house: Any, told: Any, here: Any, gpu: Any
) -> None:
    """Up to the last stale one all run, because they share one state; what follows does not."""
    planned(house)
    run_posts([house.root / "posts/a/index.mdx"], house.order(gpu, start=here), told)
    assert planned(house, POST, gpu).runs == ()
    kept = POST.replace('id="three"', 'id="three" keep="model"')
    plan = planned(house, kept, gpu)
    assert names(plan) == ["one", "two", "three"]
    assert plan.stale == {"three": "its code or `keep` changed"}


def test_a_skipped_snippet_is_said_only_when_it_would_have_run(
    house: Any, told: Any, here: Any, gpu: Any
) -> None:
    """Its recorded result stands; only a missing or stale one is worth a line."""
    planned(house)
    run_posts([house.root / "posts/a/index.mdx"], house.order(gpu, start=here), told)
    plan = planned(house)
    assert (plan.runs, plan.skipped) == ((), {})
    plan = planned(house, POST.replace("model = x", "model = x + 1"))
    assert names(plan) == ["one", "four"]
    assert list(plan.skipped) == ["two", "three"]


def test_what_is_fresh_elsewhere_need_not_run_here(house: Any, told: Any, here: Any) -> None:
    """Unless this machine was named or everything is asked for."""
    text = '```python bench id="one"\nx = 1\n```\n'
    planned(house, text)
    run_posts([house.root / "posts/a/index.mdx"], house.order(start=here), told)
    other = Machines(house)
    assert other.names("else", Extent.ANY) == []
    assert other.names("else", Extent.THIS) == ["one"]
    assert other.names("box", Extent.THIS) == []
    assert other.names("box", Extent.NONE) == ["one"]
    house.post(text.replace("x = 1", "x = 2"))
    assert other.names("else", Extent.ANY) == ["one"]


class Machines:
    """The same post planned for machines of other names."""

    def __init__(self, house: Any) -> None:
        self.house = house

    def names(self, machine: str, extent: Extent) -> list[str]:
        from dataclasses import replace

        order = self.house.order(extent=extent)
        here = replace(order.here, machine=replace(order.here.machine, name=machine))
        return names(plan_post(self.house.root / "posts/a/index.mdx", replace(order, here=here)))


def test_a_post_that_keeps_a_value_is_timed(house: Any) -> None:
    """Nothing of ours runs beside it; a kept value of a snippet that does not run counts not."""
    assert planned(house).is_timed
    assert not planned(house, POST.replace('keep="x"', "")).is_timed
    assert not planned(house, POST.replace('id="one"', 'id="one" needs="cuda"')).is_timed
