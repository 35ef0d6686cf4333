"""`python -m fengsui` is `fengsui`."""

import sys

from fengsui.cli import main

if __name__ == "__main__":
    sys.exit(main())
