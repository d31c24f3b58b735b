"""How many threads run a model on the CPU."""

import os


def default_threads() -> int:
    """Half the cores that this process may use, at least 1 and at most 4.

    Decoding wants the other half, and a second thread already costs 20 % more CPU seconds a picture (see
    openvino_runtime.py).
    """
    return min(4, max(1, len(os.sched_getaffinity(0)) // 2))
