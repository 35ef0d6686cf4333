"""`python -m fengsui` is `fengsui`."""

import sys

from fengsui.cli import main

sys.exit(main())
