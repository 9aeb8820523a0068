"""Catalogues of others: fetched with care, and translated into exercises as the library has them.

All but `fetching` and `matching` is pure. What comes in is data of strangers: anything may be missing, of another type,
or much too long.
"""
