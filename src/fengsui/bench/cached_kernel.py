"""The smallest kernel: what any program pays that imports numba and calls one compiled function from its cache."""

from numba import int64, njit


# mypy: disable-error-code="untyped-decorator"
@njit(int64(int64), cache=True)
def one_more(number: int) -> int:
    """The number after this one."""
    return number + 1


if __name__ == "__main__":
    one_more(1)
