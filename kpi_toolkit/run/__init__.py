"""A run: a slot is claimed, a notebook executed, its pages written, its values archived.

Imports nothing, so that the command line pays for papermill only when it runs a notebook.
"""
