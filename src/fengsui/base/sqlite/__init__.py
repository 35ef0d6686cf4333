"""SQLite as Fengsui uses it: one writer at a time, in a fair order, and only inside a transaction.

Django finds the backend itself in `base.py` (`ENGINE = "fengsui.base.sqlite"`).
"""
