"""Front matter for MkDocs, whose templates print titles and descriptions as HTML."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping

from benchpost.site.escape import printable

# what YAML refuses even within quotes
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_TAG = re.compile(r"""[<>&"'`{}\[\]|\\]""")


def front(settings: Mapping[str, object]) -> str:
    """The lines between `---`; settings that are empty are left out. JSON is YAML."""
    lines = (
        f"{key}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in settings.items()
        if value not in ("", [], {})
    )
    return "\n".join(["---", *lines, "---"])


def title(text: str) -> str:
    """A title, which stands as it is between tags and, escaped once more, in attributes."""
    bare = plain(text).replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"&(?!(?:lt|gt);)(?=#?\w+;)", "&amp;", bare)


def words(text: str) -> str:
    """Text in one line, for the attribute that holds a page's description."""
    return html.escape(plain(text))


def plain(text: str) -> str:
    """Text in one line that YAML and HTML can hold."""
    return " ".join(_NOT_YAML.sub("\N{REPLACEMENT CHARACTER}", printable(text)).split())


def tag(text: str) -> str:
    """A tag, whose words are also the name of a place on the page of tags."""
    return " ".join(_NOT_IN_TAG.sub(" ", plain(text)).split())
