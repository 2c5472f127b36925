"""The installer: packed into one file that goes into the bundle, it needs nothing but Python's standard library."""
