"""The whole publication: five parts as a document tree, written as Word, PDF and web page."""
