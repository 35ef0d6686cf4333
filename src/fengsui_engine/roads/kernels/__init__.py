"""The loops, one file a job: plain arrays, explicit signatures, no checks.

Importing a file compiles it the first time on a machine; later it is read from a cache beside the file. Nothing is
imported here, so that a question loads only its own loops.

numba keeps a compiled loop by the content of its own file, and does not see that a helper in another has changed. So
each file holds a digest of what it inlines (`INLINED`); a test compares, and says what to write.
"""
