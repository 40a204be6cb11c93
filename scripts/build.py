"""Run what is missing and can run here, fill, and build the site. The same as `benchpost build`."""

import sys

from benchpost.cli import main

if __name__ == "__main__":
    sys.exit(main(["build", *sys.argv[1:]]))
