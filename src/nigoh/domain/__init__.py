"""The values of nigoh and their rules: NumPy only, no I/O, no clock."""
