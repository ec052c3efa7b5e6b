"""Live Excel: ribbon actions and functions in cells.  The only room that imports xlwings."""
