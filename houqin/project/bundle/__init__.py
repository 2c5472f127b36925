"""One signed archive for networks that reach no registry (`houqin bundle`).

`build` makes it from a checkout; `installer` goes into it and works with nothing but Python's standard library.
"""
