"""The record: what people, devices and rules did, in one append-only chain a centre; sealed words; who read what."""
