"""Simulate anew what the cross-check rests on, keep it, and print every row with its error."""

from benchpost.files import write_if_changed
from benchpost.roofline.units import show
from benchpost.serving import crosscheck

if __name__ == "__main__":
    write_if_changed(crosscheck.STORE, crosscheck.written().encode())
    for row in crosscheck.rows():
        theirs, ours = (show(value, row.unit) for value in (row.theirs, row.ours))
        print(f"{row.what:40} {row.setting:50} {theirs:>14} {ours:>14} {row.error:+8.2%}")
