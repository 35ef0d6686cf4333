"""The life of an incident is its list of files: receive, locate, recommend, dispatch, respond, resolve."""
