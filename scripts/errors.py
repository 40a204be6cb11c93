"""Print how wrong the performance model is, and write what each step predicts for every row.

Both come from the measurements kept in the package; charts and pages read what is written.
"""

from pathlib import Path

from benchpost.files import write_if_changed
from benchpost.roofline import scores, scoring
from benchpost.roofline.errors_report import tables


def main() -> None:
    """Tables to the terminal, the scores into the package."""
    made = scoring.made()
    print(tables(made[scores.FILES["decode"]]), end="")
    for name, kept in made.items():
        write_if_changed(Path(scores.__file__).parent / name, scoring.text(kept).encode())


if __name__ == "__main__":
    main()
