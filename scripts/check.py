"""Check everything that could be wrong with the posts. The same as `benchpost check`."""

import sys

from benchpost.cli import main

if __name__ == "__main__":
    sys.exit(main(["check", *sys.argv[1:]]))
