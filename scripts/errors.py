"""Print how wrong the performance model is, from the measurements that are kept in the package."""

from benchpost.roofline.errors_table import tables

if __name__ == "__main__":
    print(tables(), end="")
