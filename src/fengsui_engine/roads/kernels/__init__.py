"""The loops, one file a job: plain arrays, explicit signatures, no checks.

Importing a file compiles it the first time on a machine; later it is read from a cache beside the file. Nothing is
imported here, so that a question loads only its own loops.

A cached loop does not see that a helper in another file has changed: after a change in `parts`, touch the others.
"""
