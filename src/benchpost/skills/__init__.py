"""The skill catalogue: scan, judge, index, reorganise, export. Every tool works on any tree."""
