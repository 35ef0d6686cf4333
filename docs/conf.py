"""How are these pages built?

From Markdown and from the code itself: tables of states, roles, refusals and addresses are read from the modules that
the product runs on, so a page cannot say something else. Nothing is fetched while building.
"""

import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

# The platform's modules are only read here. Without a folder of its own it keeps and makes nothing.
os.environ["FENGSUI_DATA"] = str(HERE / "_build" / "no-data")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengsui.settings")

import django  # noqa: E402

django.setup()

project = "Fengsui"
copyright = "the Fengsui contributors, Apache-2.0"  # noqa: A001 (the name is Sphinx's)
release = version = version_of("fengsui")
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "from_the_code"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Source", "notes_style")]

html_theme = "furo"
html_title = "Fengsui"
html_static_path = ["_static"]
html_css_files = ["fengsui.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
