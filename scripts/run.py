"""Run the snippets of the posts and record their results. The same as `benchpost run`."""

import sys

from benchpost.cli import main

if __name__ == "__main__":
    sys.exit(main(["run", *sys.argv[1:]]))
