"""Print how wrong the performance model is, from the measurements that are kept in the package."""

from benchpost.roofline.errors_report import tables

if __name__ == "__main__":
    print(tables(), end="")
