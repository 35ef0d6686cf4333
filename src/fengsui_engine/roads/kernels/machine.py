"""Two instructions of the processor that Python has no word for.

A search waits most for what it has not read before: where the rows of a new node begin. `fetch` asks for that when an
edge to the node is looked at, so that it is there when the node is taken; no answer depends on it.
"""

# mypy: disable-error-code="no-untyped-def"
# (numba calls these with its own types)

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

BYTE, NUMBER, BIT = ir.IntType(8).as_pointer(), ir.IntType(32), ir.IntType(1)
FOR_READING, TO_STAY, DATA = (ir.Constant(NUMBER, each) for each in (0, 3, 1))
"""As LLVM's `prefetch` is told what for."""


def _fetch(_context, array, index):
    """Ask memory for `array[index]`; the index has no sign and is not checked."""

    def generate(context, builder, signature, arguments):
        column = context.make_array(signature.args[0])(context, builder, arguments[0])
        told = ir.FunctionType(ir.VoidType(), [BYTE, NUMBER, NUMBER, NUMBER])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [BYTE], told)
        place = builder.bitcast(builder.gep(column.data, [arguments[1]]), BYTE)
        builder.call(prefetch, [place, FOR_READING, TO_STAY, DATA])
        return context.get_dummy_value()

    return types.void(array, index), generate


def _lowest_bit(_context, word):
    """The number of the lowest bit that is set in a word of 64, which must not be 0."""

    def generate(_context, builder, _signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(BIT, 1))

    return types.int64(types.uint64), generate


fetch: Any = intrinsic(_fetch)
lowest_bit: Any = intrinsic(_lowest_bit)
