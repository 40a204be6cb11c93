"""Fill every slot and value of the posts. The same as `benchpost fill`."""

import sys

from benchpost.cli import main

if __name__ == "__main__":
    sys.exit(main(["fill", *sys.argv[1:]]))
