"""What follows from what is there."""

from .derive import Filled, derived_names, fill, with_values

__all__ = ["Filled", "derived_names", "fill", "with_values"]
