"""Ask the memory for a line before it is needed.

A search waits most for what it has not read before: where the rows of a new node begin. Asked for when the node is
queued, that is there when the node is taken. No answer depends on it.
"""

# mypy: disable-error-code="no-untyped-def"
# (numba calls these with its own types)

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

FOR_READING, TO_STAY, DATA = 0, 3, 1
"""As LLVM's `prefetch` is told what for."""


@intrinsic
def fetch(_context, array, index):
    """Ask for `array[index]`; the index has no sign and is not checked."""

    def generate(context, builder, signature, arguments):
        column = context.make_array(signature.args[0])(context, builder, arguments[0])
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        told = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], told)
        place = builder.bitcast(builder.gep(column.data, [arguments[1]]), byte)
        builder.call(prefetch, [place, *(ir.Constant(number, each) for each in (FOR_READING, TO_STAY, DATA))])
        return context.get_dummy_value()

    return types.void(array, index), generate
