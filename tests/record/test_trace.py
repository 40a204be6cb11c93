"""Tracebacks name the post's own lines."""

from __future__ import annotations

from pathlib import Path

from benchpost.post.read import parse_post
from benchpost.record.trace import in_post, last_line, line_in_post, stack

POST = parse_post(
    """\
# A

```python bench id="one"

def f():
    1 / 0
```

- in a list

  ```python bench id="two"
  f()
  ```
""",
    "posts/a/index.md",
    Path("posts/a/index.md"),
)
ONE, TWO = POST.snippets

DUMP = """\
Fatal Python error: Segmentation fault

Thread 0x00007f1 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 327 in wait
  File "/usr/lib/python3.11/threading.py", line 1002 in _bootstrap

Current thread 0x00007f2 (most recent call first):
  File "/usr/lib/python3.11/ctypes/__init__.py", line 519 in string_at
  File "<one>", line 2 in f
  File "<two>", line 1 in <module>
  File "/site-packages/IPython/core/interactiveshell.py", line 3553 in run_code
  File "<frozen runpy>", line 88 in _run_code

Extension modules: zmq, numpy (total: 2)
"""


def test_frames_of_snippets_become_lines_of_the_post() -> None:
    """Blank lines at the top of a snippet, which the kernel drops, are counted."""
    trace = (
        'Traceback (most recent call last):\n  File "<two>", line 1, in <module>\n    f()\n'
        '  File "<one>", line 2, in f\n    1 / 0\n  File "<string>", line 1, in <module>\n'
        "ZeroDivisionError: division by zero\n"
    )
    assert in_post(trace, POST) == (
        'Traceback (most recent call last):\n  File "posts/a/index.md", line 12, in <module>\n'
        '    f()\n  File "posts/a/index.md", line 6, in f\n    1 / 0\n'
        '  File "<string>", line 1, in <module>\nZeroDivisionError: division by zero\n'
    )


def test_the_innermost_line_of_the_post_is_found() -> None:
    """In whichever snippet it stands; the failing one's first line when the trace has none."""
    trace = 'File "<two>", line 1, in x\nFile "<one>", line 2, in f\nFile "<lib>", line 9, in g'
    assert last_line(trace, POST, TWO) == 6
    assert last_line("", POST, TWO) == 12
    assert line_in_post(ONE, 1) == 5


def test_a_crash_tells_the_thread_that_ran_the_snippet() -> None:
    """Of what faulthandler writes, the frames of the snippet's thread are left, innermost last."""
    assert stack(DUMP) == (
        '  File "<two>", line 1 in <module>\n'
        '  File "<one>", line 2 in f\n'
        '  File "/usr/lib/python3.11/ctypes/__init__.py", line 519 in string_at\n'
    )
    assert stack("") == ""
    assert stack(DUMP.replace("<one>", "<frozen x>").replace("<two>", "<frozen y>")) == ""
