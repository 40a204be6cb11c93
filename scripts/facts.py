"""Make and check the facts that `benchpost commands` judges by.

python scripts/facts.py import flat.json > src/benchpost/commands/data/vllm.json
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from toolfacts.encode import encoded
from toolfacts.imported import imported


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("import").add_argument("file", type=Path)
    args = parser.parse_args(argv)
    sys.stdout.write(encoded(imported(json.loads(args.file.read_text(encoding="utf-8")))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
